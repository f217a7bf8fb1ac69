package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.Guests.DECODER;
import static dev.cascadefarm.diffusion.runner.Guests.ENCODER;
import static dev.cascadefarm.diffusion.runner.Guests.ENLARGER;
import static dev.cascadefarm.diffusion.runner.Guests.GUIDED;
import static dev.cascadefarm.diffusion.runner.Guests.KEPT;
import static dev.cascadefarm.diffusion.runner.Guests.PLAIN;
import static dev.cascadefarm.diffusion.runner.Guests.WORDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** TorchScript files from Python as stages: whole runs against Python's, from the same noise. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class GuestStageTest {
  private static final double TOLERANCE = 1e-4;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("torchscript/loops");
  private static final long SEED = 7;
  private static final int STEPS = 8;

  @TempDir Path folder;
  private Guests guests;

  @BeforeEach
  void prepare() {
    guests = new Guests(folder);
  }

  @Test
  void normals_start_thoseOfTheRecording() {
    float[] start = RECORDED.get("plain.start").data();
    float[] ours = new CounterNoise(SEED, "base", "start").normals(0, start.length);
    assertThat(Fixture.difference(ours, start)).isLessThan(1e-5);
  }

  @Test
  void advance_noisePredictor_pythonsPictureAtEveryStep() throws IOException {
    try (StageRunner runner = guests.load(guests.drawing("plain", PLAIN, Objective.NOISE))) {
      assertThat(pictures(runner, RECORDED)).isLessThan(TOLERANCE);
      assertThat(pictures(runner, Fixture.doctored(RECORDED, "plain.x0", 0.05)))
          .isGreaterThan(TOLERANCE);
    }
    try (StageRunner runner = guests.load(guests.drawing("plain", PLAIN, Objective.V))) {
      assertThat(pictures(runner, RECORDED)).isGreaterThan(TOLERANCE);
    }
  }

  @Test
  void advance_pictureToEnlarge_pythonsPictures() throws IOException {
    try (StageRunner runner =
        guests.load(guests.drawing("enlarger", ENLARGER, Objective.X_START))) {
      assertThat(enlarged(runner, RECORDED)).isLessThan(TOLERANCE);
      assertThat(enlarged(runner, Fixture.doctored(RECORDED, "enlarger.small", -0.3)))
          .isGreaterThan(TOLERANCE);
    }
  }

  private static double enlarged(StageRunner runner, Map<String, HostTensor> recorded) {
    HostTensor small = HostTensor.of(recorded.get("enlarger.small").data(), 3, 8, 8);
    return pictures(
        runner,
        request(settings(1).put("aug", 0), Map.of("image", new StageValue.Image(small))),
        Fixture.under("enlarger.", recorded));
  }

  @Test
  void advance_captionAsAWholeOrNone_pythonsPictures() throws IOException {
    try (StageRunner runner = guests.load(guests.drawing("kept", KEPT, Objective.X_START))) {
      assertThat(kept(runner, RECORDED, 3)).isLessThan(TOLERANCE);
      assertThat(kept(runner, RECORDED, 1)).isGreaterThan(TOLERANCE);
      assertThat(kept(runner, Fixture.doctored(RECORDED, "kept.pooled", 0.5), 3))
          .isGreaterThan(TOLERANCE);
    }
  }

  private static double kept(
      StageRunner runner, Map<String, HostTensor> recorded, double guidance) {
    Map<String, HostTensor> caption = new HashMap<>(caption(recorded, "prompt").tensors());
    caption.put("prompt.pooled", recorded.get("kept.pooled"));
    return pictures(
        runner,
        request(settings(guidance), Map.of("embeds", new StageValue.Tensors(caption))),
        Fixture.under("kept.", recorded));
  }

  private static double pictures(StageRunner runner, Map<String, HostTensor> recorded) {
    return pictures(runner, request(settings(1), Map.of()), Fixture.under("plain.", recorded));
  }

  /** The largest difference of any predicted picture, or the last one, to the recorded ones. */
  private static double pictures(
      StageRunner runner, SampleRequest request, Map<String, HostTensor> recorded) {
    Sample sample = runner.begin(request);
    int size = recorded.get("x").data().length;
    float[] guesses = recorded.get("x0").data();
    double largest = 0;
    for (int i = 0; i < STEPS; i++) {
      runner.advance(List.of(sample));
      float[] expected = shown(Arrays.copyOfRange(guesses, i * size, (i + 1) * size));
      float[] preview = sample.preview().orElseThrow().data();
      largest = Math.max(largest, Fixture.difference(preview, expected));
    }
    assertThat(sample.done()).isTrue();
    float[] last = ((StageValue.Image) sample.outputs().get("image")).pixels().data();
    return Math.max(largest, Fixture.difference(last, shown(recorded.get("x").data())));
  }

  /** From [-1, 1] to [0, 1]. */
  private static float[] shown(float[] x) {
    float[] shown = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      shown[i] = Math.max(0, Math.min(1, (x[i] + 1) / 2));
    }
    return shown;
  }

  @Test
  void advance_velocityOfLatentsByACaption_pythonsLatents() throws IOException {
    try (StageRunner runner = guests.load(guests.drawing("guided", GUIDED, Objective.V))) {
      assertThat(latents(runner, RECORDED)).isLessThan(TOLERANCE);
      for (String each : List.of("guided.embeds", "guided.x")) {
        assertThat(latents(runner, Fixture.doctored(RECORDED, each, 0.05)))
            .isGreaterThan(TOLERANCE);
      }
      assertThat(latents(runner, Fixture.doctored(RECORDED, "guided.mask", -1)))
          .isGreaterThan(TOLERANCE);
    }
  }

  private static double latents(StageRunner runner, Map<String, HostTensor> recorded) {
    StageValue caption = caption(recorded, "prompt");
    Sample sample =
        runner.begin(request(settings(3).put("threshold", "none"), Map.of("embeds", caption)));
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    float[] x = tensor(sample.outputs(), "latents", "latents").data();
    return Fixture.difference(x, recorded.get("guided.x").data());
  }

  private static StageValue.Tensors caption(Map<String, HostTensor> recorded, String prompt) {
    return new StageValue.Tensors(
        Map.of(
            prompt + ".embeds", recorded.get("guided.embeds"),
            prompt + ".mask", recorded.get("guided.mask")));
  }

  @Test
  void advance_negativePrompt_pushesAwayFromIt() throws IOException {
    try (StageRunner runner = guests.load(guests.drawing("guided", GUIDED, Objective.V))) {
      Map<String, HostTensor> both = new HashMap<>(caption(RECORDED, "prompt").tensors());
      both.putAll(caption(RECORDED, "negative_prompt").tensors());
      float[] same = run(runner, settings(3), Map.of("embeds", new StageValue.Tensors(both)));
      Map<String, StageValue> alone = Map.of("embeds", caption(RECORDED, "prompt"));
      assertThat(same).isNotEqualTo(run(runner, settings(3), alone));
      assertThat(Fixture.difference(same, run(runner, settings(1), alone))).isLessThan(TOLERANCE);
    }
  }

  private static float[] run(
      StageRunner runner, ObjectNode settings, Map<String, StageValue> inputs) {
    Sample sample = runner.begin(request(settings.put("threshold", "none"), inputs));
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    return tensor(sample.outputs(), "latents", "latents").data();
  }

  @Test
  void run_decoderInDoubles_pythonsPicture() throws IOException {
    HostTensor latents = RECORDED.get("guided.x");
    try (StageRunner runner = guests.load(guests.other("decoder", Kind.VAE_DECODER, DECODER))) {
      Map<String, StageValue> outputs =
          once(runner, Map.of("latents", new StageValue.Tensors(Map.of("latents", latents))));
      float[] picture = ((StageValue.Image) outputs.get("image")).pixels().data();
      float[] expected = RECORDED.get("decoder.picture").data();
      assertThat(Fixture.difference(picture, expected)).isLessThan(1e-5);
      HostTensor wrong = HostTensor.of(new float[16], 1, 4, 2, 2);
      assertThatThrownBy(
              () ->
                  runner.begin(
                      request(
                          settings(1),
                          Map.of("latents", new StageValue.Tensors(Map.of("latents", wrong))))))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("latents: HostTensor[1, 4, 2, 2] (expected: latents, 1×4×4×4)");
    }
  }

  @Test
  void run_encoder_pythonsLatents() throws IOException {
    HostTensor picture = HostTensor.of(RECORDED.get("encoder.picture").data(), 3, 8, 8);
    try (StageRunner runner = guests.load(guests.other("encoder", Kind.VAE_ENCODER, ENCODER))) {
      Map<String, StageValue> outputs =
          once(runner, Map.of("image", new StageValue.Image(picture)));
      float[] latents = tensor(outputs, "latents", "latents").data();
      float[] expected = RECORDED.get("encoder.latents").data();
      assertThat(Fixture.difference(latents, expected)).isLessThan(1e-5);
    }
  }

  @Test
  void run_textEncoder_embedsPaddingAndTheEmptyCaption() throws IOException {
    try (StageRunner runner = guests.load(guests.other("words", Kind.TEXT_ENCODER, WORDS))) {
      Map<String, StageValue> outputs =
          once(runner, Map.of("prompt", new StageValue.Text("a red circle")));
      HostTensor embeds = tensor(outputs, "embeds", "prompt.embeds");
      float[] mask = tensor(outputs, "embeds", "prompt.mask").data();
      assertThat(embeds.shape()).containsExactly(1, 6, 8);
      assertThat(mask).containsExactly(1, 1, 1, 1, 0, 0);
      assertThat(tensor(outputs, "embeds", "prompt.pooled").shape()).containsExactly(1, 8);
      assertThat(tensor(outputs, "embeds", "negative_prompt.mask").data())
          .containsExactly(1, 0, 0, 0, 0, 0);
    }
  }

  private static Map<String, StageValue> once(StageRunner runner, Map<String, StageValue> inputs) {
    Sample sample = runner.begin(request(settings(1), inputs));
    runner.advance(List.of(sample));
    assertThat(sample.done()).isTrue();
    return sample.outputs();
  }

  private static HostTensor tensor(Map<String, StageValue> outputs, String output, String name) {
    return ((StageValue.Tensors) outputs.get(output)).tensors().get(name);
  }

  private static SampleRequest request(ObjectNode settings, Map<String, StageValue> inputs) {
    return new SampleRequest("base", SEED, settings, inputs);
  }

  private static ObjectNode settings(double guidance) {
    return JSON.createObjectNode()
        .put("sampler", "ddim")
        .put("eta", 0)
        .put("steps", STEPS)
        .put("guidance", guidance)
        .put("threshold", "static")
        .put("percentile", 0.95)
        .put("cap", 10);
  }
}
