package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.FolderPictures;
import dev.cascadefarm.diffusion.data.Rules;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.SceneDataset;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.OptimizerConfig.Kind;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A super-resolution stage that learns from a folder of nine pictures. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class DiffusionTaskTest {
  private static final int STEPS = 6;
  private static final long SEED = 11;
  private static final DataSplit NONE =
      new DataSplit(new ScenePictures(new SceneSampler(3, Split.TRAIN, 0, Textures.NONE)), null);

  @TempDir Path folder;
  private DataSplit split = NONE;

  @BeforeEach
  void writePictures() throws IOException {
    Path data = folder.resolve("data");
    new SceneDataset(new SceneSampler(3, Split.TRAIN, 0.5, Textures.BOLD), Wording.PLAIN, 16, 9)
        .write(data);
    split = DataSplit.of(FolderPictures.open(data, new Rules(16, false)), 0.3, SEED);
  }

  @ParameterizedTest
  @CsvSource({"1, ADAM, 0.9", "2, ADAMW, 0.9", "3, ADAM, 0", "4, ADAMW, 0", "5, ADAM, 0.9"})
  void run_killedAtAnyStep_bitEqualToUndisturbed(int killed, Kind kind, double ema) {
    TrainingPlan plan = new TrainingPlan(2, 2, 2, Duration.ZERO);
    OptimizerConfig optimizer = optimizer(kind, ema);
    Heard whole = new Heard(STEPS + 1);
    Outcome undisturbed = trainer(plan, optimizer, "whole").run(false, () -> false, whole);
    Trainer trainer = trainer(plan, optimizer, "killed");
    assertThatThrownBy(() -> trainer.run(false, () -> false, new Heard(killed)))
        .hasMessage("killed");
    Heard rest = new Heard(STEPS + 1);
    Outcome resumed = trainer.run(true, () -> false, rest);
    assertThat(resumed.weights()).isEqualTo(undisturbed.weights());
    assertThat(resumed.best()).isEqualTo(undisturbed.best()).isNotNull();
    assertThat(Trainer.best(folder.resolve("killed")))
        .isEqualTo(Trainer.best(folder.resolve("whole")));
    assertThat(rest.losses).isNotEmpty();
    assertThat(whole.losses).endsWith(rest.losses.toArray(Float[]::new));
    assertThat(whole.validations).endsWith(rest.validations.toArray(Validation[]::new));
  }

  @Test
  void run_validation_neverMovesTheWeights() {
    Outcome with = run(new TrainingPlan(1, 0, 1, Duration.ofHours(1)), "with");
    Outcome without = run(new TrainingPlan(1, 0, 0, Duration.ofHours(1)), "without");
    assertThat(with.weights()).isEqualTo(without.weights());
    assertThat(with.best()).isNotNull();
    assertThat(without.best()).isNull();
  }

  @Test
  void run_microBatches_theWholeBatchesLossesAndWeights() {
    Heard whole = new Heard(STEPS + 1);
    Heard parts = new Heard(STEPS + 1);
    Heard other = new Heard(STEPS + 1);
    Outcome inOne = run(new TrainingPlan(1, 0, 0, Duration.ofHours(1)), "one", 4, whole);
    Outcome inParts = run(new TrainingPlan(1, 3, 0, Duration.ofHours(1)), "parts", 4, parts);
    run(new TrainingPlan(1, 0, 0, Duration.ofHours(1)), "three", 3, other);
    for (int i = 0; i < STEPS; i++) {
      assertThat(parts.losses.get(i)).isCloseTo(whole.losses.get(i), within(1e-4f));
    }
    assertThat(Math.abs(other.losses.get(2) - whole.losses.get(2))).isGreaterThan(1e-3f);
    assertThat(difference(inOne.weights(), inParts.weights())).isLessThan(2e-3);
  }

  @Test
  void run_noAverage_lastWeightsAreTheTrainedOnes() {
    TrainingPlan plan = new TrainingPlan(1, 0, 0, Duration.ofHours(1));
    Outcome outcome =
        trainer(plan, optimizer(Kind.ADAM, 0), "run").run(false, () -> false, new Heard(99));
    TrainingState state = TrainingState.resume(task(4).graph(), folder.resolve("run"), false);
    assertThat(outcome.weights()).isEqualTo(state.weights());
  }

  @Test
  void validationBatch_everyCaptionShownAndAlwaysTheSame() {
    DiffusionTask task = task(2);
    assertThat(task.validationBatches()).isEqualTo(2);
    assertThat(task.validationBatch(0)).isEqualTo(task.validationBatch(0));
    assertThat(task.validationBatch(0)).isNotEqualTo(task.validationBatch(1));
    assertThat(floats(task.validationBatch(1), 5)).containsOnly(1);
    assertThat(floats(task.batch(0), 5)).as("half of the captions dropped").hasSize(2);
  }

  @Test
  void batch_enlarger_picturesInRangeAndSmallOnesBlurred() {
    DiffusionTask task = task(4);
    float[] pictures = floats(task.batch(0), 0);
    float[] lowres = floats(task.batch(0), 6);
    assertThat(pictures).hasSameSizeAs(lowres).isNotEqualTo(lowres).hasSize(4 * 3 * 8 * 8);
    for (float[] each : List.of(pictures, lowres)) {
      for (float value : each) {
        assertThat(value).isBetween(-1f, 1f);
      }
    }
    double distance = 0;
    for (int i = 0; i < pictures.length; i++) {
      distance += Math.abs(pictures[i] - lowres[i]) / pictures.length;
    }
    assertThat(distance).as("blurred, at the same place").isLessThan(0.3);
  }

  @Test
  void batch_cropsThenWholePictures_validationAlwaysWhole() {
    StageData data = new StageData(split, new Frame(16, 4, 8, 2), 2, 1, SEED);
    DiffusionTask task = DiffusionTask.of(unet(true), data, new Hashed(), training());
    assertThat(floats(task.batch(1), 0)).hasSize(2 * 3 * 8 * 8);
    assertThat(floats(task.batch(2), 0)).hasSize(2 * 3 * 16 * 16);
    assertThat(floats(task.batch(2), 6)).hasSize(2 * 3 * 16 * 16);
    assertThat(floats(task.validationBatch(0), 0)).hasSize(2 * 3 * 16 * 16);
  }

  @Test
  void of_whatDoesNotFitTogether_refusedByName() {
    assertThatThrownBy(() -> task(new Frame(16, 0, 16), unet(true)))
        .hasMessageStartingWith("lowres_cond: true (expected: true where the stage enlarges");
    assertThatThrownBy(() -> task(new Frame(15, 0, 15), unet(false)))
        .hasMessage("side: 15 (expected: a multiple of 2)");
    assertThatThrownBy(() -> task(new Frame(16, 8, 7), unet(true)))
        .hasMessage("crop: 7 (expected: a multiple of 2)");
    assertThatThrownBy(() -> new Frame(16, 8, 32)).hasMessage("crop: 32 (expected: 1 to the side)");
  }

  private Outcome run(TrainingPlan plan, String name) {
    return run(plan, name, 4, new Heard(STEPS + 1));
  }

  private Outcome run(TrainingPlan plan, String name, int batch, TrainingListener listener) {
    return new Trainer(task(batch), optimizer(Kind.ADAM, 0.9), plan, folder.resolve(name), SEED)
        .run(false, () -> false, listener);
  }

  private Trainer trainer(TrainingPlan plan, OptimizerConfig optimizer, String name) {
    return new Trainer(task(3), optimizer, plan, folder.resolve(name), SEED);
  }

  private DiffusionTask task(int batch) {
    StageData data = new StageData(split, new Frame(16, 4, 8), batch, 2, SEED);
    return DiffusionTask.of(unet(true), data, new Hashed(), training());
  }

  private void task(Frame frame, UnetConfig unet) {
    DiffusionTask.of(unet, new StageData(split, frame, 2, 0, SEED), new Hashed(), training());
  }

  private static DiffusionTraining training() {
    return new DiffusionTraining(
        "cosine", 100, Objective.V, LossKind.L2, 5, 0.5, Augmentation.SAMPLE, 0.3);
  }

  private static OptimizerConfig optimizer(Kind kind, double ema) {
    return new OptimizerConfig(1e-2, 2, STEPS, 0.1, 0.9, 0.99, 0.01, 1, ema, kind);
  }

  private static UnetConfig unet(boolean enlarges) {
    return UnetConfig.builder()
        .dim(8)
        .dimMults(1, 1)
        .condDim(8)
        .textEmbedDim(4)
        .layerAttns(false)
        .layerCrossAttns(false)
        .lowresCond(enlarges)
        .maxTextLen(3)
        .attnDimHead(8)
        .build();
  }

  private static float[] floats(List<Input> inputs, int index) {
    return ((Input.Floats) inputs.get(index)).tensor().data();
  }

  private static double difference(Map<String, HostTensor> a, Map<String, HostTensor> b) {
    double largest = 0;
    for (var each : a.entrySet()) {
      float[] other = b.get(each.getKey()).data();
      for (int i = 0; i < other.length; i++) {
        largest = Math.max(largest, Math.abs((double) each.getValue().data()[i] - other[i]));
      }
    }
    return largest;
  }

  /** Remembers what it hears, and dies after a step as if the process were killed. */
  private static final class Heard implements TrainingListener {
    private final int last;
    private final List<Float> losses = new ArrayList<>();
    private final List<Validation> validations = new ArrayList<>();

    private Heard(int last) {
      this.last = last;
    }

    @Override
    public void stepped(Report report, Supplier<Map<String, HostTensor>> weights) {
      losses.add(report.loss());
      if (report.step() == last) {
        throw new IllegalStateException("killed");
      }
    }

    @Override
    public void validated(
        Validation validation, boolean best, Supplier<Map<String, HostTensor>> weights) {
      validations.add(validation);
    }
  }

  /** Embeds a caption as numbers made of its hash. */
  private record Hashed() implements CaptionEncoder {
    @Override
    public Encoded encode(List<String> captions) {
      float[] embeds = new float[captions.size() * 12];
      for (int i = 0; i < embeds.length; i++) {
        embeds[i] = (float) Math.sin(captions.get(i / 12).hashCode() + i % 12);
      }
      float[] mask = new float[captions.size() * 3];
      Arrays.fill(mask, 1);
      return new Encoded(
          HostTensor.of(embeds, captions.size(), 3, 4), HostTensor.of(mask, captions.size(), 3));
    }

    @Override
    public int dropped(String caption) {
      return 0;
    }

    @Override
    public void close() {}
  }
}
