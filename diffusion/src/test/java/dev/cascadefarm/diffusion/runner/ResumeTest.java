package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyStages.request;
import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.weights.CheckpointFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A sample that goes on elsewhere is the sample that never stopped, bit by bit. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class ResumeTest {
  private static final SampleRequest WATCHED = request(11, settings(5, 3), caption(1));

  @TempDir Path folder;

  static Stream<Arguments> samplersGuidedOrNotLearnedOrNot() {
    return Sampler.NAMES.stream()
        .flatMap(
            name ->
                Stream.of(true, false)
                    .flatMap(
                        guided ->
                            Stream.of(true, false)
                                .map(learns -> Arguments.of(name, guided, learns))));
  }

  @ParameterizedTest
  @MethodSource("samplersGuidedOrNotLearnedOrNot")
  void resume_everySamplerAtEveryRow_asUninterrupted(
      String sampler, boolean guided, boolean learns) {
    ObjectNode settings = settings(6, guided ? 3 : 1).put("sampler", sampler);
    SampleRequest request = new SampleRequest("toy", 5, settings, Map.of());
    try (StageRunner first = ToyNetwork.runner(learns, Rows.ALL);
        StageRunner second = ToyNetwork.runner(learns, Rows.ALL)) {
      assertSame(first, second, request);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim", "ddpm", "pndm", "unipc"})
  void resume_drawnOverAPicture_asUninterrupted(String sampler) {
    ObjectNode settings = settings(6, 2).put("sampler", sampler).put("strength", 0.7);
    Map<String, StageValue> inputs = Map.of("image", picture(8));
    try (StageRunner first = ToyNetwork.runner(false, Rows.ALL);
        StageRunner second = ToyNetwork.runner(false, Rows.ALL)) {
      assertSame(first, second, new SampleRequest("toy", 5, settings, inputs));
    }
  }

  @Test
  void resume_allRowsButTheLast_asUninterrupted() {
    SampleRequest request = new SampleRequest("toy", 5, settings(6, 1), Map.of());
    try (StageRunner first = ToyNetwork.runner(true, Rows.BUT_LAST);
        StageRunner second = ToyNetwork.runner(true, Rows.BUT_LAST)) {
      assertSame(first, second, request);
    }
  }

  @Test
  void resume_stageThatEnlarges_asUninterrupted() {
    Map<String, StageValue> inputs = Map.of("embeds", caption(1), "image", picture(8));
    TorchStageLoader loader = new TorchStageLoader();
    try (StageRunner first = loader.load(TinyStages.superResolution(folder), "cpu");
        StageRunner second = loader.load(TinyStages.superResolution(folder), "cpu")) {
      assertSame(first, second, new SampleRequest("sr", 5, settings(4, 3), inputs));
    }
  }

  @Test
  void resume_stageThatDraws_asUninterruptedAndInAnyCompany() {
    try (StageRunner first = base(1);
        StageRunner second = base(1)) {
      assertSame(first, second, WATCHED);
      Sample sample = first.begin(WATCHED);
      first.advance(List.of(sample));
      Sample resumed = second.resume(WATCHED, sample.checkpoint().orElseThrow());
      Sample other = second.begin(request(3, settings(9, 1), caption(2)));
      while (!resumed.done()) {
        second.advance(List.of(other, resumed));
      }
      assertThat(resumed.outputs()).isEqualTo(finish(first, sample).outputs());
    }
  }

  @Test
  void resume_priorWithCandidates_asUninterrupted() {
    TinyUnclipStages stages = new TinyUnclipStages(folder);
    for (int candidates : new int[] {1, 3}) {
      SampleRequest request =
          TinyUnclipStages.candidates("prior", candidates, TinyUnclipStages.caption(1));
      try (StageRunner first = stages.makes();
          StageRunner second = stages.makes()) {
        assertSame(first, second, request);
      }
    }
  }

  @Test
  void resume_decoderOfEmbeddings_asUninterrupted() {
    TinyUnclipStages stages = new TinyUnclipStages(folder);
    Map<String, StageValue> inputs =
        TinyUnclipStages.and(TinyUnclipStages.caption(1), TinyUnclipStages.embedding(2));
    SampleRequest request =
        new SampleRequest("decoder", 4, settings(4, 2).put("sampler", "dpmpp_2m"), inputs);
    try (StageRunner first = stages.draws();
        StageRunner second = stages.draws()) {
      assertSame(first, second, request);
    }
  }

  /** Runs to the end, and once more from each of its checkpoints, and compares all that is said. */
  private static void assertSame(StageRunner first, StageRunner second, SampleRequest request) {
    Sample whole = first.begin(request);
    assertThat(whole.checkpoint()).isEmpty();
    List<byte[]> files = new ArrayList<>();
    List<HostTensor> previews = new ArrayList<>();
    while (!whole.done()) {
      first.advance(List.of(whole));
      previews.add(whole.preview().orElse(null));
      whole.checkpoint().map(CheckpointFile::format).ifPresent(files::add);
    }
    assertThat(whole.checkpoint()).isEmpty();
    assertThat(files).hasSize(whole.rowsTotal() - 1).isNotEmpty();
    for (int row = 1; row < whole.rowsTotal(); row++) {
      Checkpoint read = CheckpointFile.parse(files.get(row - 1), "a checkpoint");
      Sample resumed = second.resume(request, read);
      assertThat(resumed.rowsDone()).isEqualTo(row);
      assertThat(CheckpointFile.format(resumed.checkpoint().orElseThrow()))
          .isEqualTo(files.get(row - 1));
      while (!resumed.done()) {
        second.advance(List.of(resumed));
        int done = resumed.rowsDone();
        assertThat(resumed.preview().orElse(null)).isEqualTo(previews.get(done - 1));
        resumed
            .checkpoint()
            .ifPresent(
                each -> assertThat(CheckpointFile.format(each)).isEqualTo(files.get(done - 1)));
      }
      assertThat(resumed.outputs()).isEqualTo(whole.outputs());
    }
  }

  @Test
  void resume_fromAnotherRow_isAnotherPicture() {
    try (StageRunner runner = base(1)) {
      Sample whole = runner.begin(WATCHED);
      runner.advance(List.of(whole));
      runner.advance(List.of(whole));
      Checkpoint two = whole.checkpoint().orElseThrow();
      Sample wrong = runner.resume(WATCHED, new Checkpoint(two.origin(), 1, two.tensors()));
      assertThat(finish(runner, wrong).outputs()).isNotEqualTo(finish(runner, whole).outputs());
    }
  }

  @Test
  void resume_checkpointOfAnotherSample_refusedByWhatDiffers() {
    try (StageRunner runner = base(1)) {
      Checkpoint checkpoint = afterOneRow(runner, WATCHED);
      assertRefused(runner, request(12, settings(5, 3), caption(1)), checkpoint, "seed: 11");
      assertRefused(runner, request(11, settings(6, 3), caption(1)), checkpoint, "rows: 5");
      assertRefused(runner, request(11, settings(5, 2), caption(1)), checkpoint, "guidance: 3.0");
      ObjectNode ddpm = settings(5, 3).put("sampler", "ddpm");
      assertRefused(runner, request(11, ddpm, caption(1)), checkpoint, "sampler: ddim");
      ObjectNode eta = settings(5, 3).put("eta", 0.5);
      assertRefused(runner, request(11, eta, caption(1)), checkpoint, "table: ");
      ObjectNode spacing = settings(5, 3).put("spacing", "leading");
      assertRefused(runner, request(11, spacing, caption(1)), checkpoint, "table: ");
      ObjectNode threshold = settings(5, 3).put("percentile", 0.91);
      assertRefused(runner, request(11, threshold, caption(1)), checkpoint, "threshold: ");
      SampleRequest elsewhere = new SampleRequest("sr", 11, settings(5, 3), WATCHED.inputs());
      assertRefused(runner, elsewhere, checkpoint, "stage: base");
    }
  }

  @Test
  void resume_checkpointOfAnotherShapeOrLength_refused() {
    try (StageRunner runner = base(1)) {
      Checkpoint good = afterOneRow(runner, WATCHED);
      HostTensor x = good.tensors().get("0.x");
      HostTensor flat = HostTensor.of(x.data(), x.data().length);
      assertRefused(runner, WATCHED, with(good, 1, Map.of("0.x", flat)), "0.x: HostTensor[192]");
      assertRefused(runner, WATCHED, with(good, 1, Map.of("1.x", x)), "0.x: null");
      assertRefused(runner, WATCHED, with(good, 1, Map.of()), "tensors: []");
      assertRefused(runner, WATCHED, with(good, 1, Map.of("0.x", x, "0.h1", x)), "tensors: [0.");
      assertRefused(runner, WATCHED, with(good, 5, good.tensors()), "row: 5");
      assertRefused(
          runner, WATCHED, good.without("candidates", "1"), "candidates: null (expected: 1)");
      assertRefused(runner, WATCHED, good.with("more", "1"), "more: 1 (expected: null)");
    }
  }

  @Test
  void checkpoint_takenBeforeTheSampleMovesOn_staysAsItWas() {
    try (StageRunner runner = base(1)) {
      Sample sample = runner.begin(WATCHED);
      runner.advance(List.of(sample));
      Checkpoint early = sample.checkpoint().orElseThrow();
      byte[] file = CheckpointFile.format(early);
      finish(runner, sample);
      assertThat(CheckpointFile.format(early)).isEqualTo(file);
    }
  }

  @Test
  void resume_stageOfOneRow_refused() throws IOException {
    TorchStageLoader loader = new TorchStageLoader();
    try (StageRunner text = loader.load(TinyStages.text(folder), "cpu")) {
      Map<String, StageValue> inputs = Map.of("prompt", new StageValue.Text("a red ring"));
      SampleRequest request = new SampleRequest("text", 1, TinyUnclipStages.none(), inputs);
      Sample sample = text.begin(request);
      text.advance(List.of(sample));
      assertThat(sample.checkpoint()).isEmpty();
      assertRefused(text, request, new Checkpoint(Map.of(), 1, Map.of()), "row: 1");
    }
  }

  private static void assertRefused(
      StageRunner runner, SampleRequest request, Checkpoint checkpoint, String message) {
    assertThatThrownBy(() -> runner.resume(request, checkpoint))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("(expected: ");
  }

  private static Checkpoint with(Checkpoint good, int row, Map<String, HostTensor> tensors) {
    return new Checkpoint(good.origin(), row, new HashMap<>(tensors));
  }

  private static Checkpoint afterOneRow(StageRunner runner, SampleRequest request) {
    Sample sample = runner.begin(request);
    runner.advance(List.of(sample));
    return sample.checkpoint().orElseThrow();
  }

  private static Sample finish(StageRunner runner, Sample sample) {
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    return sample;
  }

  private static StageValue.Image picture(int side) {
    float[] grey = new float[3 * side * side];
    Arrays.fill(grey, 0.25f);
    return new StageValue.Image(HostTensor.of(grey, 3, side, side));
  }

  private StageRunner base(int samplesPerCall) {
    return new TorchStageLoader().load(TinyStages.base(folder, samplesPerCall), "cpu");
  }
}
