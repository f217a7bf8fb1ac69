package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.NoisedBatches.Examples;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NoisedBatchesTest {
  private static final int COUNT = 64;
  private static final int LOWRES_TIME = 6;
  private static final HostTensor PICTURES = HostTensor.of(new float[COUNT * 4], COUNT, 1, 2, 2);

  @Test
  void inputs_byBatch_oneAugmentationLevel() {
    assertThat(lowresTimes(training(Augmentation.BATCH, 1), 0)).hasSize(1);
    Set<Float> overSteps = new HashSet<>();
    for (long step = 0; step < 40; step++) {
      overSteps.addAll(lowresTimes(training(Augmentation.BATCH, 1), step));
    }
    assertThat(overSteps).hasSizeGreaterThan(20);
  }

  @Test
  void inputs_bySample_levelsUpToTheHighest() {
    Set<Float> levels = lowresTimes(training(Augmentation.SAMPLE, 0.3), 0);
    assertThat(levels).hasSizeGreaterThan(10).allMatch(each -> each >= 0 && each < 300);
    assertThat(lowresTimes(training(Augmentation.SAMPLE, 1), 0)).anyMatch(each -> each > 500);
  }

  @Test
  void inputs_sameStep_sameNumbersAndOthersAtTheNext() {
    NoisedBatches batches = new NoisedBatches(training(Augmentation.SAMPLE, 1), 5);
    assertThat(batches.inputs(3, examples(true))).isEqualTo(batches.inputs(3, examples(true)));
    assertThat(batches.inputs(3, examples(true))).isNotEqualTo(batches.inputs(4, examples(true)));
  }

  @Test
  void inputs_baseStage_neitherPictureNorLevel() {
    NoisedBatches batches = new NoisedBatches(training(Augmentation.SAMPLE, 1), 5);
    assertThat(batches.inputs(0, examples(false))).hasSize(6);
    assertThat(batches.inputs(0, examples(true))).hasSize(8);
    float[] rows = floats(batches.inputs(0, examples(false)), 2);
    for (int i = 0; i < COUNT; i++) {
      assertThat(rows[i * rows.length / COUNT + LOWRES_TIME]).isZero();
    }
  }

  @Test
  void inputs_captionDrop_itsShareIsLeftOut() {
    float kept = 0;
    NoisedBatches batches = new NoisedBatches(training(Augmentation.BATCH, 1), 5);
    for (long step = 0; step < 50; step++) {
      for (float each : floats(batches.inputs(step, examples(false)), 5)) {
        kept += each;
      }
    }
    assertThat(kept / (50 * COUNT)).isBetween(0.72f, 0.78f);
  }

  @Test
  void training_valuesOutOfRange_refusedByName() {
    assertThatThrownBy(() -> training(Augmentation.BATCH, 1.1))
        .hasMessage("max_augmentation: 1.1 (expected: 0 to 1)");
    assertThatThrownBy(
            () ->
                new DiffusionTraining(
                    "linear", 50, Objective.V, LossKind.L2, -1, 0, Augmentation.BATCH, 0))
        .hasMessage("min_snr_gamma: -1.0 (expected: >= 0)");
    assertThatThrownBy(() -> new NoisedBatches(DiffusionTraining.minImagen(20), 1))
        .hasMessage("timesteps: 20 (expected: >= 21)");
  }

  private static Set<Float> lowresTimes(DiffusionTraining training, long step) {
    float[] rows = floats(new NoisedBatches(training, 5).inputs(step, examples(true)), 2);
    Set<Float> times = new HashSet<>();
    for (int i = 0; i < COUNT; i++) {
      times.add(rows[i * (rows.length / COUNT) + LOWRES_TIME]);
    }
    return times;
  }

  private static float[] floats(List<Input> inputs, int index) {
    return ((Input.Floats) inputs.get(index)).tensor().data();
  }

  private static Examples examples(boolean enlarges) {
    float[] mask = new float[COUNT];
    Arrays.fill(mask, 1);
    return new Examples(
        PICTURES,
        enlarges ? PICTURES : null,
        HostTensor.of(new float[COUNT * 2], COUNT, 1, 2),
        HostTensor.of(mask, COUNT, 1));
  }

  private static DiffusionTraining training(Augmentation augmentation, double highest) {
    return new DiffusionTraining(
        "cosine", 1000, Objective.V, LossKind.HUBER, 5, 0.25, augmentation, highest);
  }
}
