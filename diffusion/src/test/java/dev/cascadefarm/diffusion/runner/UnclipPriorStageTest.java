package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.DirectDenoising.denoised;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.LATENT;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.MAKES;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.PRIOR;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.candidates;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.embedding;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.length;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.settings;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.tensors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import dev.cascadefarm.diffusion.unclip.PriorPredictor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A diffusion prior as a stage. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipPriorStageTest {
  @TempDir Path folder;
  private TinyUnclipStages stages;

  @BeforeEach
  void choose() {
    stages = new TinyUnclipStages(folder);
  }

  @Test
  void prior_guided_rowByRowAsTheDenoiser() {
    SampleRequest request = prior(7, 3, caption(1));
    List<Input> heard = new ArrayList<>(priorBranch(1, 1));
    heard.addAll(priorBranch(1, 0));
    float[] x = denoised(new PriorPredictor(new DiffusionPrior(PRIOR)), MAKES, request, heard);
    try (StageRunner runner = stages.makes()) {
      float[] embedding = embedding(runner, request);
      assertThat(length(embedding)).isCloseTo(LATENT, within());
      assertThat(embedding).isEqualTo(Embeddings.scaled(x));
      assertThat(length(x)).isNotCloseTo(LATENT, within());
    }
  }

  @Test
  void prior_company_doesNotChangeIt() {
    SampleRequest watched = prior(11, 3, caption(1));
    try (StageRunner runner = stages.makes()) {
      float[] alone = embedding(runner, watched);
      Sample sample = runner.begin(watched);
      Sample other = runner.begin(prior(12, 1, caption(2)));
      ObjectNode several = settings(5, 2).put("candidates", 3);
      Sample third = runner.begin(new SampleRequest("prior", 13, several, caption(3, 1)));
      runner.advance(List.of(other));
      while (!sample.done()) {
        runner.advance(List.of(third, sample, other).stream().filter(s -> !s.done()).toList());
        assertThat(sample.preview()).isEmpty();
      }
      assertThat(embedding(sample)).isEqualTo(alone);
    }
  }

  /** An empty caption's tensors in its place would be heard. */
  @Test
  void prior_noNegativePrompt_theLearnedTokensSpeak() {
    try (StageRunner runner = stages.makes()) {
      float[] own = embedding(runner, prior(5, 3, caption(1)));
      assertThat(embedding(runner, prior(5, 3, caption(1, 2)))).isNotEqualTo(own);
      float[] unguided = embedding(runner, prior(5, 1, caption(1)));
      assertThat(Fixture.difference(embedding(runner, prior(5, 3, caption(1, 1))), unguided))
          .isLessThan(1e-4);
      assertThat(Fixture.difference(own, unguided)).isGreaterThan(1e-3);
    }
  }

  @Test
  void prior_candidates_theNearestToTheCaptionGoesOn() {
    try (StageRunner runner = stages.makes()) {
      float[] caption = tensors(caption(1)).get("prompt.pooled").data();
      double before = -1;
      for (int count : new int[] {1, 2, 4, 16}) {
        ObjectNode settings = settings(3, 2).put("candidates", count);
        Sample sample = runner.begin(new SampleRequest("prior", 3, settings, caption(1)));
        while (!sample.done()) {
          runner.advance(List.of(sample));
        }
        double cosine = Embeddings.cosine(embedding(sample), caption);
        assertThat(cosine).isGreaterThanOrEqualTo(before);
        before = cosine;
      }
      ObjectNode one = settings(3, 2).put("candidates", 1);
      float[] first = embedding(runner, new SampleRequest("prior", 3, one, caption(1)));
      assertThat(before).isGreaterThan(Embeddings.cosine(first, caption));
      assertThat(first).isEqualTo(embedding(runner, prior(3, 2, caption(1), 3)));
      assertThatThrownBy(() -> embedding(runner, candidates("prior", 17, caption(1))))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("candidates: 17 (expected: 1 to 16)");
    }
  }

  @Test
  void prior_inputsThatDoNotFit_refusedByName() {
    try (StageRunner runner = stages.makes()) {
      assertThatThrownBy(() -> runner.begin(prior(1, 2, Map.of())))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("embeds: null (expected: an encoded caption)");
      Map<String, HostTensor> words = new HashMap<>(tensors(caption(1)));
      words.put("prompt.pooled", HostTensor.of(new float[LATENT + 1], 1, LATENT + 1));
      assertThatThrownBy(
              () -> runner.begin(prior(1, 2, Map.of("embeds", new StageValue.Tensors(words)))))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessageStartingWith("prompt.pooled: HostTensor[1, 13] (expected:");
    }
  }

  private static List<Input> priorBranch(int number, float keep) {
    Map<String, HostTensor> words = tensors(caption(number));
    return List.of(
        new Input.Floats(words.get("prompt.embeds")),
        new Input.Floats(words.get("prompt.mask")),
        new Input.Floats(words.get("prompt.pooled")),
        new Input.Floats(HostTensor.of(new float[] {keep}, 1)));
  }

  private static SampleRequest prior(long seed, double guidance, Map<String, StageValue> inputs) {
    return prior(seed, guidance, inputs, 4);
  }

  private static SampleRequest prior(
      long seed, double guidance, Map<String, StageValue> inputs, int steps) {
    return new SampleRequest("prior", seed, settings(steps, guidance), inputs);
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-3);
  }
}
