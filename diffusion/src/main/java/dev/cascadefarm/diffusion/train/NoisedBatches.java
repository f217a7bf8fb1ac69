package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns captioned pictures into what {@link UnetLoss} takes. All that is random is drawn by seed
 * and step, so that a resumed run sees what an undisturbed one would have seen. Immutable.
 */
public final class NoisedBatches {
  private final DiffusionTraining training;
  private final TrainingObjective objective;
  private final long seed;

  public NoisedBatches(DiffusionTraining training, long seed) {
    this.training = training;
    this.objective = training.trainingObjective();
    this.seed = seed;
  }

  /**
   * Captioned pictures; all in [-1, 1].
   *
   * @param pictures {@code (B, C, H, W)}
   * @param lowres the same, blurred by way of the small size; absent for a base stage
   * @param embeds {@code (B, N, E)}
   * @param mask {@code (B, N)}
   */
  public record Examples(
      HostTensor pictures, @Nullable HostTensor lowres, HostTensor embeds, HostTensor mask) {
    int count() {
      return (int) pictures.shape()[0];
    }
  }

  /**
   * The inputs of one step, in the order of {@link UnetLoss}.
   *
   * @param step 0-based
   */
  public List<Input> inputs(long step, Examples examples) {
    List<HostTensor> inputs =
        new ArrayList<>(noised(step, examples.pictures(), lowresTimes(step, examples)));
    inputs.add(examples.embeds());
    inputs.add(examples.mask());
    inputs.add(keep(step, examples.count()));
    if (examples.lowres() != null) {
      inputs.add(examples.lowres());
      inputs.add(normals("lowres", step, examples.lowres()));
    }
    return inputs.stream().<Input>map(Input.Floats::new).toList();
  }

  /**
   * What every denoising loss begins with: the samples, their noise, the rows that mix them.
   *
   * @param step 0-based
   * @param x0 {@code (B, C, H, W)}
   */
  List<HostTensor> noised(long step, HostTensor x0) {
    return noised(step, x0, new int[(int) x0.shape()[0]]);
  }

  private List<HostTensor> noised(long step, HostTensor x0, int[] lowresTimes) {
    int[] times = times(step, lowresTimes.length);
    return List.of(x0, normals("noise", step, x0), objective.rows(times, lowresTimes));
  }

  private int[] times(long step, int count) {
    CounterNoise draws = draws("time");
    int[] times = new int[count];
    for (int i = 0; i < count; i++) {
      times[i] = (int) (draws.uniform(step, i) * training.timesteps());
    }
    return times;
  }

  private int[] lowresTimes(long step, Examples examples) {
    int[] times = new int[examples.count()];
    if (examples.lowres() == null) {
      return times;
    }
    for (int i = 0; i < times.length; i++) {
      int draw = training.augmentation() == Augmentation.BATCH ? 0 : i;
      double level = draws("augmentation").uniform(step, draw) * training.maxAugmentation();
      times[i] = objective.schedule().timestepOf(level);
    }
    return times;
  }

  /** 1, or 0 for a caption that is left out, {@code (B)}. */
  HostTensor keep(long step, int count) {
    return keep("drop", step, count, training.captionDrop());
  }

  /**
   * 1, or 0 for what is left out, {@code (B)}.
   *
   * @param share that is left out, 0 to 1
   */
  HostTensor keep(String purpose, long step, int count, double share) {
    float[] keep = new float[count];
    Arrays.fill(keep, 1);
    for (int i = 0; i < count; i++) {
      if (draws(purpose).uniform(step, i) < share) {
        keep[i] = 0;
      }
    }
    return HostTensor.of(keep, count);
  }

  private HostTensor normals(String purpose, long step, HostTensor like) {
    return new HostTensor(like.shape(), normals(purpose, step, like.data().length));
  }

  /** Standard normal numbers of this step. */
  float[] normals(String purpose, long step, int count) {
    return draws(purpose).normals(step, count);
  }

  private CounterNoise draws(String purpose) {
    return new CounterNoise(seed, "train", purpose);
  }
}
