package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * What a network is taught to predict, and how much each noise level counts.
 *
 * @param schedule of the picture's noise, and of the low-resolution picture's
 * @param minSnrGamma highest signal-to-noise ratio that counts; infinite where every level counts
 *     the same
 */
public record TrainingObjective(NoiseSchedule schedule, Objective objective, double minSnrGamma) {
  public TrainingObjective {
    if (!(minSnrGamma > 0)) {
      throw new IllegalArgumentException("min_snr_gamma: " + minSnrGamma + " (expected: > 0)");
    }
  }

  /** An objective under which every noise level counts the same. */
  public static TrainingObjective unweighted(NoiseSchedule schedule, Objective objective) {
    return new TrainingObjective(schedule, objective, Double.POSITIVE_INFINITY);
  }

  /** The weight of a sample at that noise level. */
  double weight(double alphaBar) {
    return Double.isInfinite(minSnrGamma) ? 1 : objective.minSnrWeight(alphaBar, minSnrGamma);
  }

  /**
   * The rows that a training loss takes.
   *
   * @param times timestep of each sample
   * @param lowresTimes timestep of each low-resolution picture; 0 for base stages
   * @return {@code (B, R)}
   */
  public HostTensor rows(int[] times, int[] lowresTimes) {
    float[] rows = new float[times.length * LossRow.WIDTH];
    for (int i = 0; i < times.length; i++) {
      LossRow.pack(this, times[i], lowresTimes[i], rows, i * LossRow.WIDTH);
    }
    return HostTensor.of(rows, times.length, LossRow.WIDTH);
  }
}
