package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.DirectDenoising.denoised;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.DECODER;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.DRAWS;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.LATENT;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.SIDE;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.and;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.candidates;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.embedding;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.embeddingOf;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.extent;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.run;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.settings;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.tensors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderPredictor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A decoder as a stage. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipDecoderStageTest {
  @TempDir Path folder;
  private TinyUnclipStages stages;

  @BeforeEach
  void choose() {
    stages = new TinyUnclipStages(folder);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void decoder_guided_rowByRowAsTheDenoiser(boolean withCaption) {
    Map<String, StageValue> inputs = new HashMap<>(embedding(4));
    if (withCaption) {
      inputs.putAll(caption(1));
    }
    SampleRequest request = new SampleRequest("decoder", 9, settings(4, 3), inputs);
    List<Input> heard = new ArrayList<>(decoderBranch(withCaption ? 1 : 0, 1));
    heard.addAll(decoderBranch(0, 0));
    heard.add(new Input.Floats(HostTensor.of(embeddingOf(4), 1, LATENT)));
    float[] x = denoised(new DecoderPredictor(new Decoder(DECODER), SIDE), DRAWS, request, heard);
    try (StageRunner runner = stages.draws()) {
      assertThat(drawn(runner, request)).isEqualTo(Pictures.of(x, extent()).data());
    }
  }

  @Test
  void decoder_whatItHears_changesThePicture() {
    try (StageRunner runner = stages.draws()) {
      float[] picture = drawn(runner, decoder(3, caption(1), embedding(4)));
      assertThat(drawn(runner, decoder(3, caption(1), embedding(5)))).isNotEqualTo(picture);
      assertThat(drawn(runner, decoder(3, caption(2), embedding(4)))).isNotEqualTo(picture);
      assertThat(drawn(runner, decoder(3, Map.of(), embedding(4)))).isNotEqualTo(picture);
      assertThat(drawn(runner, decoder(3, caption(1, 2), embedding(4)))).isNotEqualTo(picture);
      assertThat(drawn(runner, decoder(3, caption(1), embedding(4)))).isEqualTo(picture);
    }
  }

  /** Even against the caption itself the embedding is followed: the other branch has none. */
  @Test
  void decoder_captionAsNegativePrompt_theEmbeddingStillGuides() {
    try (StageRunner runner = stages.draws()) {
      float[] against = drawn(runner, decoder(3, caption(1, 1), embedding(4)));
      float[] unguided = drawn(runner, decoder(1, caption(1), embedding(4)));
      assertThat(Fixture.difference(against, unguided)).isGreaterThan(1e-3);
    }
  }

  @Test
  void decoder_company_doesNotChangeItAndPreviewsAreShown() {
    SampleRequest watched = decoder(3, caption(1), embedding(4));
    try (StageRunner runner = stages.draws()) {
      float[] alone = drawn(runner, watched);
      Sample sample = runner.begin(watched);
      Sample wordless = runner.begin(decoder(2, Map.of(), embedding(6)));
      Sample plain = runner.begin(decoder(1, caption(2, 3), embedding(5)));
      runner.advance(List.of(plain));
      while (!sample.done()) {
        runner.advance(List.of(wordless, sample, plain).stream().filter(s -> !s.done()).toList());
        assertThat(sample.preview().orElseThrow().shape()).containsExactly(3, SIDE, SIDE);
      }
      assertThat(((StageValue.Image) sample.outputs().get("image")).pixels().data())
          .isEqualTo(alone);
    }
  }

  @Test
  void decoder_inputsThatDoNotFit_refusedByName() {
    try (StageRunner runner = stages.draws()) {
      assertThatThrownBy(() -> runner.begin(decoder(2, caption(1), Map.of())))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("image_embed: null (expected: an embedding, 1×12)");
      assertEmbeddingRefused(runner, new float[LATENT - 1], "HostTensor[1, 11] (expected:");
      float[] wild = new float[LATENT];
      wild[3] = Float.NaN;
      assertEmbeddingRefused(runner, wild, "NaN (expected: finite numbers)");
      assertThatThrownBy(
              () -> runner.begin(candidates("decoder", 2, and(caption(1), embedding(4)))))
          .hasMessage("candidates: 2 (expected: 1, as this stage has no judge of them)");
    }
  }

  private static void assertEmbeddingRefused(StageRunner runner, float[] embedding, String said) {
    Map<String, StageValue> inputs = Map.of("image_embed", ImageEmbedding.of(embedding));
    assertThatThrownBy(() -> runner.begin(decoder(2, caption(1), inputs)))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageStartingWith("image_embed: " + said);
  }

  /** What is heard of a left-out caption does not matter, so other words are given here. */
  private static List<Input> decoderBranch(float keepText, float keepImage) {
    Map<String, HostTensor> words = tensors(caption(keepText == 1 ? 1 : 4));
    return List.of(
        new Input.Floats(words.get("prompt.embeds")),
        new Input.Floats(words.get("prompt.mask")),
        new Input.Floats(HostTensor.of(new float[] {keepText}, 1)),
        new Input.Floats(HostTensor.of(new float[] {keepImage}, 1)));
  }

  private static SampleRequest decoder(
      double guidance, Map<String, StageValue> caption, Map<String, StageValue> embedding) {
    return new SampleRequest("decoder", 9, settings(4, guidance), and(caption, embedding));
  }

  private static float[] drawn(StageRunner runner, SampleRequest request) {
    return ((StageValue.Image) run(runner, request).outputs().get("image")).pixels().data();
  }
}
