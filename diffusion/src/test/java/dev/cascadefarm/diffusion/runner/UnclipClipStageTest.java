package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.CLIP;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.LATENT;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.LENGTH;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.WIDTH;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.embedding;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.length;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.none;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The two halves of an unCLIP's CLIP as stages. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipClipStageTest {
  @TempDir Path folder;
  private TinyUnclipStages stages;

  @BeforeEach
  void choose() {
    stages = new TinyUnclipStages(folder);
  }

  @Test
  void text_caption_asTheGraphItself() throws IOException {
    try (StageRunner runner = stages.text()) {
      Map<String, HostTensor> red = encoded(runner, "a large red circle", null);
      assertThat(red).containsOnlyKeys("prompt.embeds", "prompt.mask", "prompt.pooled");
      assertThat(red.get("prompt.embeds").shape()).containsExactly(1, LENGTH, WIDTH);
      assertThat(red.get("prompt.pooled").shape()).containsExactly(1, LATENT);
      assertThat(length(red.get("prompt.pooled").data())).isCloseTo(LATENT, within());
      float[] direct;
      try (WordTokenizer words = WordTokenizer.load(folder.resolve("tokenizer.json"), LENGTH);
          TorchModule module = stages.module(new Clip(CLIP).textGraph())) {
        WordTokenizer.Tokens tokens = words.encode("a large red circle");
        Input ids = new Input.Longs(new long[] {1, LENGTH}, tokens.ids());
        Input mask = new Input.Floats(HostTensor.of(tokens.mask(), 1, LENGTH));
        direct = module.call(Clip.ENCODE_TEXT, List.of(ids, mask)).get(1).data();
      }
      assertThat(red.get("prompt.pooled").data()).isEqualTo(direct);
      assertThat(encoded(runner, "a large blue circle", null)).isNotEqualTo(red);
    }
  }

  @Test
  void text_negativePromptTooLongOrUnknown_encodedAndRemarked() throws IOException {
    try (StageRunner runner = stages.text()) {
      assertThat(encoded(runner, "a red circle", "a blue star"))
          .containsKeys("negative_prompt.embeds", "negative_prompt.mask", "negative_prompt.pooled");
      Sample sample = runner.begin(said("a large red circle above a zebra", null));
      assertThat(sample.warnings())
          .anySatisfy(each -> assertThat(each).contains("unknown to the model: zebra"))
          .anySatisfy(each -> assertThat(each).contains("beyond the first 5 are ignored"));
      assertThatThrownBy(() -> runner.begin(new SampleRequest("text", 1, none(), Map.of())))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessageContaining("expected: words");
    }
  }

  @Test
  void image_squareOfAnySize_embeddingOfLengthRootD() {
    try (StageRunner runner = stages.image()) {
      float[] small = embedded(runner, picture(16, 0.1f));
      assertThat(length(small)).isCloseTo(LATENT, within());
      assertThat(embedded(runner, picture(16, 0.9f))).isNotEqualTo(small);
      assertThat(Embeddings.cosine(embedded(runner, picture(48, 0.1f)), small)).isGreaterThan(0.9);
      float[] x = new float[3 * 16 * 16];
      for (int i = 0; i < x.length; i++) {
        x[i] = 2 * picture(16, 0.1f).data()[i] - 1;
      }
      Input pixels = new Input.Floats(HostTensor.of(x, 1, 3, 16, 16));
      try (TorchModule module = stages.module(new Clip(CLIP).imageGraph())) {
        assertThat(small).isEqualTo(module.call(Clip.ENCODE_IMAGE, List.of(pixels)).get(0).data());
      }
    }
  }

  @Test
  void image_whatIsNoSquarePicture_refused() {
    try (StageRunner runner = stages.image()) {
      for (StageValue value :
          List.of(
              new StageValue.Image(HostTensor.of(new float[3 * 8], 3, 2, 4)),
              new StageValue.Image(HostTensor.of(new float[16], 1, 4, 4)),
              new StageValue.Text("a picture"))) {
        assertThatThrownBy(
                () -> runner.begin(new SampleRequest("image", 1, none(), Map.of("image", value))))
            .isInstanceOf(InvalidSampleException.class)
            .hasMessageStartingWith("image: ");
      }
    }
  }

  private static HostTensor picture(int side, float shade) {
    float[] pixels = new float[3 * side * side];
    for (int i = 0; i < pixels.length; i++) {
      boolean left = i % side < side / 2;
      int channel = i / (side * side);
      pixels[i] = left ? shade : 1 - shade * channel / 2;
    }
    return HostTensor.of(pixels, 3, side, side);
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-3);
  }

  private static SampleRequest said(String prompt, String negative) {
    Map<String, StageValue> inputs = new HashMap<>();
    inputs.put("prompt", new StageValue.Text(prompt));
    if (negative != null) {
      inputs.put("negative_prompt", new StageValue.Text(negative));
    }
    return new SampleRequest("text", 1, none(), inputs);
  }

  private static Map<String, HostTensor> encoded(
      StageRunner runner, String prompt, String negative) {
    Sample sample = run(runner, said(prompt, negative));
    return ((StageValue.Tensors) sample.outputs().get("embeds")).tensors();
  }

  private static float[] embedded(StageRunner runner, HostTensor picture) {
    Map<String, StageValue> inputs = Map.of("image", new StageValue.Image(picture));
    return embedding(runner, new SampleRequest("image", 1, none(), inputs));
  }
}
