package dev.cascadefarm.diffusion.train;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("engine")
@ExtendWith(EngineThread.class)
class TrainerTest {
  private static final int STEPS = 6;
  private static final OptimizerConfig CONFIG =
      new OptimizerConfig(1e-2, 2, STEPS, 0.1, 0.9, 0.99, 0.01, 1, 0.9);
  private static final TrainingPlan EVERY_STEP = new TrainingPlan(1, 0, 0, Duration.ZERO);

  private static final TrainingListener NOBODY = (report, weights) -> {};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void run_stoppedAndResumed_bitEqualToUndisturbed(int stage) throws IOException {
    Map<String, HostTensor> undisturbed =
        train(stage, "whole", false, report -> {}, STEPS).weights();
    Outcome half = train(stage, "halves", false, report -> {}, 3);
    assertThat(half.finished()).isFalse();
    assertThat(half.steps()).isEqualTo(3);
    Outcome rest = train(stage, "halves", true, report -> {}, STEPS);
    assertThat(rest.finished()).isTrue();
    assertThat(rest.weights()).isEqualTo(undisturbed).isNotEqualTo(half.weights());
    assertThat(rest.seconds()).isGreaterThan(half.seconds());
  }

  @Test
  void run_killedBetweenCheckpoints_bitEqualToUndisturbed() throws IOException {
    Map<String, HostTensor> undisturbed = train(0, "whole", false, report -> {}, STEPS).weights();
    Consumer<Report> killer =
        report -> {
          if (report.step() == 4) {
            throw new IllegalStateException("killed");
          }
        };
    assertThatThrownBy(() -> train(0, "killed", false, killer, STEPS)).hasMessage("killed");
    List<Long> steps = new ArrayList<>();
    Outcome resumed = train(0, "killed", true, report -> steps.add(report.step()), STEPS);
    assertThat(steps).containsExactly(4L, 5L, 6L);
    assertThat(resumed.weights()).isEqualTo(undisturbed);
  }

  @Test
  void run_withoutResume_startsAfresh() throws IOException {
    train(0, "run", false, report -> {}, 3);
    List<Long> steps = new ArrayList<>();
    train(0, "run", false, report -> steps.add(report.step()), 2);
    assertThat(steps).containsExactly(1L, 2L);
  }

  @Test
  void run_finished_resumeTakesNoStep() throws IOException {
    Outcome whole = train(0, "run", false, report -> {}, STEPS);
    Outcome again =
        train(0, "run", true, report -> assertThat(report).as("a step").isNull(), STEPS);
    assertThat(again.weights()).isEqualTo(whole.weights());
  }

  @Test
  void run_otherModelsCheckpoint_refused() throws IOException {
    train(0, "run", false, report -> {}, 1);
    assertThatThrownBy(() -> train(1, "run", true, report -> {}, 2))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("expected: this model's");
  }

  @Test
  void run_otherRecipe_refusedAndTheCheckpointStays() {
    Fingerprint begun = new Fingerprint(Map.of("batch", "3", "rate", "0.1"));
    long[] step = {0};
    regression(begun).run(false, () -> step[0] == 3, (report, weights) -> step[0] = report.step());
    Trainer other = regression(new Fingerprint(Map.of("batch", "3", "rate", "0.2")));
    assertThatThrownBy(() -> other.run(true, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("rate: 0.2, was 0.1 (expected: the recipe the run began with");
    assertThat(TrainingState.fingerprint(folder)).isEqualTo(begun);
    assertThat(regression(begun).run(true, () -> false, NOBODY).steps()).isEqualTo(STEPS);
  }

  @Test
  void run_checkpointWithoutRecipe_goesOnAndKeepsTheRecipe() {
    long[] step = {0};
    regression(Fingerprint.NONE)
        .run(false, () -> step[0] == 3, (report, weights) -> step[0] = report.step());
    Fingerprint now = new Fingerprint(Map.of("rate", "0.2"));
    assertThat(regression(now).run(true, () -> false, NOBODY).steps()).isEqualTo(STEPS);
    assertThat(TrainingState.fingerprint(folder)).isEqualTo(now);
  }

  private Trainer regression(Fingerprint fingerprint) {
    return new Trainer(new Regression(Integer.MAX_VALUE, 0), CONFIG, folder, 1)
        .requiring(fingerprint);
  }

  @Test
  void run_lossIsNoNumber_stopsAndKeepsTheCheckpoint() {
    Trainer trainer = new Trainer(new Regression(3, Float.NaN), CONFIG, EVERY_STEP, folder, 1);
    assertThatThrownBy(() -> trainer.run(false, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("step 4: loss NaN")
        .hasMessageEndingWith(
            "the last good checkpoint is %s, after step 3",
            folder.resolve("checkpoint.safetensors"));
    TrainingState state = TrainingState.resume(new Regression(3, 0).graph(), folder, true);
    assertThat(state.step).isEqualTo(3);
    state.weights().values().forEach(each -> assertThat(each.data()).doesNotContain(Float.NaN));
  }

  @Test
  void run_lossIsNoNumberAtOnce_saysThatThereIsNoCheckpoint() {
    Trainer trainer = new Trainer(new Regression(0, Float.NaN), CONFIG, EVERY_STEP, folder, 1);
    assertThatThrownBy(() -> trainer.run(false, () -> false, NOBODY))
        .hasMessageEndingWith("there is no checkpoint yet");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void run_regression_findsTheAnswer() {
    OptimizerConfig config = new OptimizerConfig(0.1, 10, 300, 0.01, 0.9, 0.99, 0, 10, 0.9);
    Trainer trainer = new Trainer(new Regression(Integer.MAX_VALUE, 0), config, folder, 1);
    Map<String, HostTensor> weights = trainer.run(false, () -> false, NOBODY).weights();
    assertThat(weights.get("l.weight").data()[0]).isCloseTo(2, within(0.01f));
    assertThat(weights.get("l.bias").data()[0]).isCloseTo(-1, within(0.01f));
  }

  private Outcome train(int stage, String name, boolean resume, Consumer<Report> reports, int until)
      throws IOException {
    SceneRecipe tiny = SceneRecipes.of("tiny").get(stage);
    SceneRecipe recipe =
        new SceneRecipe(
            "tiny", tiny.stage(), tiny.text(), tiny.unet(), tiny.diffusion(), 2, CONFIG);
    Path file =
        Files.write(
            folder.resolve("tokenizer.json"), WordTokenizer.file(CaptionGrammar.vocabulary()));
    Map<String, HostTensor> text =
        Initialization.random(new TextEncoder(recipe.text()).graph(), SceneRecipe.SEED);
    long[] done = {resume ? 3 : 0};
    try (WordTokenizer tokenizer = WordTokenizer.load(file, recipe.text().maxTextLen());
        TrainingTask task = recipe.task(tokenizer, text)) {
      return new Trainer(
              task, recipe.optimizer(), EVERY_STEP, folder.resolve(name), SceneRecipe.SEED)
          .run(
              resume,
              () -> done[0] >= until,
              (report, weights) -> {
                reports.accept(report);
                done[0] = report.step();
              });
    }
  }

  /** Learns y = 2x − 1; at step {@code poisoned} one x is {@code poison}. */
  private record Regression(int poisoned, float poison) implements TrainingTask {
    @Override
    public Graph graph() {
      return new Graph("Regression")
          .method(
              "loss",
              m ->
                  List.of(
                      Layers.linear(m.root().in("l"), m.input("x", ANY, 1), 1)
                          .minus(m.input("y", ANY, 1))
                          .square()
                          .mean()));
    }

    @Override
    public String lossMethod() {
      return "loss";
    }

    @Override
    public List<Input> batch(long step) {
      float[] x = {step % 3, step % 5 - 2, step % 7 / 3f};
      float[] y = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        y[i] = 2 * x[i] - 1;
      }
      if (step == poisoned) {
        x[1] = poison;
      }
      return List.of(
          new Input.Floats(HostTensor.of(x, 3, 1)), new Input.Floats(HostTensor.of(y, 3, 1)));
    }

    @Override
    public int batchSize(long batch) {
      return 3;
    }
  }
}
