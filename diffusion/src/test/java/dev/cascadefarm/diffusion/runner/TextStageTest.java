package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.EmbedsCalls.request;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.run;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.tensors;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class TextStageTest {
  @TempDir Path folder;

  @Test
  void advance_caption_embedsItsWordsAndZeroesThePadding() throws IOException {
    try (StageRunner runner = runner()) {
      Map<String, HostTensor> tensors = run(runner, Map.of("prompt", words("a red circle")));
      assertThat(tensors).containsOnlyKeys("prompt.embeds", "prompt.mask");
      assertThat(tensors.get("prompt.mask").data()).containsExactly(1, 1, 1, 1, 0, 0);
      HostTensor embeds = tensors.get("prompt.embeds");
      assertThat(embeds.shape()).containsExactly(1, 6, 8);
      for (int i = 0; i < 48; i++) {
        assertThat(embeds.data()[i] == 0).isEqualTo(i >= 32);
      }
    }
  }

  @Test
  void advance_wordsBeyondTheFirst_changeEveryEmbedding() throws IOException {
    try (StageRunner runner = runner()) {
      float[] red =
          run(runner, Map.of("prompt", words("a red circle"))).get("prompt.embeds").data();
      float[] blue =
          run(runner, Map.of("prompt", words("a blue circle"))).get("prompt.embeds").data();
      for (int i = 0; i < 32; i++) {
        assertThat(red[i]).isNotEqualTo(blue[i]);
      }
    }
  }

  @Test
  void advance_manySamples_eachAsAlone() throws IOException {
    try (StageRunner runner = runner()) {
      Map<String, StageValue> both =
          Map.of("prompt", words("a red circle"), "negative_prompt", words("blue"));
      Map<String, HostTensor> alone = run(runner, both);
      Sample first = runner.begin(request(Map.of("prompt", words("a green star"))));
      Sample second = runner.begin(request(both));
      runner.advance(List.of(first, second));
      assertThat(tensors(second)).isEqualTo(alone).containsKey("negative_prompt.embeds");
      assertThat(second.rowsDone()).isEqualTo(second.rowsTotal()).isEqualTo(1);
      assertThat(second.preview()).isEmpty();
    }
  }

  @Test
  void begin_unknownOrTooManyWords_warns() throws IOException {
    try (StageRunner runner = runner()) {
      assertThat(runner.begin(request(Map.of("prompt", words("a red circle")))).warnings())
          .isEmpty();
      assertThat(runner.begin(request(Map.of("prompt", words("a plaid dog")))).warnings())
          .containsExactly("prompt: words unknown to the model: plaid, dog");
      assertThat(runner.begin(request(Map.of("prompt", words("a a a a a a a")))).warnings())
          .containsExactly("prompt: 2 words beyond the first 5 are ignored");
    }
  }

  @Test
  void begin_noWords_refused() throws IOException {
    try (StageRunner runner = runner()) {
      assertThatThrownBy(() -> runner.begin(request(Map.of())))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessageContaining("prompt: null (expected: words)");
      assertThatThrownBy(() -> runner.begin(request(Map.of("negative_prompt", words("red")))))
          .isInstanceOf(InvalidSampleException.class);
      Map<String, StageValue> tensors = Map.of("prompt", new StageValue.Tensors(Map.of()));
      assertThatThrownBy(() -> runner.begin(request(tensors)))
          .isInstanceOf(InvalidSampleException.class);
    }
  }

  @Test
  void outputs_beforeTheRow_refused() throws IOException {
    try (StageRunner runner = runner()) {
      Sample sample = runner.begin(request(Map.of("prompt", words(""))));
      assertThatThrownBy(sample::outputs).isInstanceOf(IllegalStateException.class);
      runner.advance(List.of(sample));
      assertThat(tensors(sample).get("prompt.mask").data()).containsExactly(1, 0, 0, 0, 0, 0);
    }
    StageRunner twice = runner();
    twice.close();
    twice.close();
  }

  private StageRunner runner() throws IOException {
    return new TorchStageLoader().load(TinyStages.text(folder), "cpu");
  }
}
