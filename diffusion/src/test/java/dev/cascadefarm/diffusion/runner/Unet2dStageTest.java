package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.weights.ElementType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A U-Net of Stable Diffusion's family as a stage that draws latents. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class Unet2dStageTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final String NAME = "sd1-plain";
  private static final int SIDE = 8;
  private static final int LENGTH = 5;
  private static final int WIDTH = 10;
  private static final DiffusionConfig DIFFUSION =
      new DiffusionConfig("linear", 1000, Objective.NOISE, 3);

  @TempDir Path folder;
  private Unet2dStageConfig config;

  @BeforeEach
  void write() throws JsonProcessingException {
    String unet = new String(Fixture.bytes(NAME + ".json"), UTF_8);
    config = new Unet2dStageConfig(JSON.readTree(unet), 4, LENGTH, true);
    Weights weights = new Weights(Fixture.tensors(NAME), ElementType.F32);
    BundleFiles.writeDiffusion(folder, config, DIFFUSION, SIDE, weights);
  }

  @Test
  void advance_guidedByACaption_itsOwnLatents() {
    try (StageRunner runner = load(JSON.valueToTree(config))) {
      HostTensor latents = run(runner, request(settings(3, 4), Map.of("embeds", caption(1))));
      assertThat(latents.shape()).containsExactly(1, 4, SIDE, SIDE);
      assertThat(run(runner, request(settings(3, 4), Map.of("embeds", caption(1)))))
          .isEqualTo(latents);
      assertThat(run(runner, request(settings(3, 4), Map.of("embeds", caption(2)))))
          .isNotEqualTo(latents);
      assertThat(run(runner, request(settings(3, 1), Map.of("embeds", caption(1)))))
          .isNotEqualTo(latents);
    }
  }

  @Test
  void advance_noNegativePrompt_awayFromZeros() {
    HostTensor zeros = HostTensor.of(new float[LENGTH * WIDTH], 1, LENGTH, WIDTH);
    try (StageRunner runner = load(JSON.valueToTree(config))) {
      HostTensor latents = run(runner, request(settings(3, 4), Map.of("embeds", caption(1))));
      assertThat(run(runner, request(settings(3, 4), Map.of("embeds", awayFrom(zeros)))))
          .isEqualTo(latents);
      HostTensor words = caption(2).tensors().get("prompt.embeds");
      assertThat(run(runner, request(settings(3, 4), Map.of("embeds", awayFrom(words)))))
          .isNotEqualTo(latents);
    }
  }

  /** The first caption, with a negative prompt of these embeddings. */
  private static StageValue.Tensors awayFrom(HostTensor embeds) {
    Map<String, HostTensor> tensors = new HashMap<>(caption(1).tensors());
    tensors.put("negative_prompt.embeds", embeds);
    tensors.put("negative_prompt.mask", HostTensor.of(new float[LENGTH], 1, LENGTH));
    return new StageValue.Tensors(tensors);
  }

  @Test
  void preview_afterARow_threeChannelsAsColours() {
    try (StageRunner runner = load(JSON.valueToTree(config))) {
      Sample sample = runner.begin(request(settings(2, 1), Map.of("embeds", caption(1))));
      runner.advance(List.of(sample));
      HostTensor preview = sample.preview().orElseThrow();
      assertThat(preview.shape()).containsExactly(3, SIDE, SIDE);
      assertThat(preview.data()).doesNotContain(Float.NaN);
      for (float each : preview.data()) {
        assertThat(each).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void advance_latentsToStartFrom_fewerRows() {
    HostTensor start = HostTensor.of(new float[4 * SIDE * SIDE], 1, 4, SIDE, SIDE);
    ObjectNode half = settings(4, 1).put("strength", 0.5).put("sampler", "pndm");
    Map<String, StageValue> inputs = Map.of("embeds", caption(1), "latents", Latents.of(start));
    try (StageRunner runner = load(JSON.valueToTree(config))) {
      Sample sample = runner.begin(request(half, inputs));
      Sample whole = runner.begin(request(half, Map.of("embeds", caption(1))));
      assertThat(sample.rowsTotal()).isLessThan(whole.rowsTotal());
      assertThat(sample.preview()).isEmpty();
      Map<String, StageValue> wrong = new HashMap<>(inputs);
      wrong.put("latents", Latents.of(HostTensor.of(new float[16], 1, 4, 2, 2)));
      assertThatThrownBy(() -> runner.begin(request(half, wrong)))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("latents: HostTensor[1, 4, 2, 2] (expected: latents, 1×4×8×8)");
    }
  }

  @Test
  void load_whatDoesNotFitTheNetwork_refusedByName() {
    ObjectNode channels = JSON.valueToTree(config);
    assertThatThrownBy(() -> load(channels.put("channels", 3)))
        .isInstanceOf(StageException.class)
        .hasMessageEndingWith("in_channels: 4 (expected: 3 or 6)");
    ObjectNode length = JSON.valueToTree(config);
    assertThatThrownBy(() -> load(length.put("max_text_len", 0)))
        .hasMessageEndingWith("tokens: 0 (expected: >= 1)");
    ObjectNode unknown = JSON.valueToTree(config);
    unknown.withObject("unet2d").put("attention_type", "gated");
    assertThatThrownBy(() -> load(unknown)).hasMessageContaining("attention_type: \"gated\"");
  }

  private static HostTensor run(StageRunner runner, SampleRequest request) {
    Sample sample = runner.begin(request);
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    return ((StageValue.Tensors) sample.outputs().get("latents")).tensors().get("latents");
  }

  private static SampleRequest request(ObjectNode settings, Map<String, StageValue> inputs) {
    return new SampleRequest("latent", 7, settings.put("threshold", "none"), inputs);
  }

  private static StageValue.Tensors caption(int number) {
    float[] embeds = new float[LENGTH * WIDTH];
    for (int i = 0; i < embeds.length; i++) {
      embeds[i] = (float) Math.sin(i * number);
    }
    return new StageValue.Tensors(
        Map.of(
            "prompt.embeds",
            HostTensor.of(embeds, 1, LENGTH, WIDTH),
            "prompt.mask",
            HostTensor.of(new float[LENGTH], 1, LENGTH)));
  }

  private StageRunner load(ObjectNode model) {
    StageDefinition definition =
        new StageDefinition("diffusion", model, JSON.valueToTree(DIFFUSION), SIDE, 1, folder);
    return new TorchStageLoader().load(definition, "cpu");
  }
}
