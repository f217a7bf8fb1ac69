package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.sampler.Row;

/**
 * What stays the same over all rows of one sample.
 *
 * @param guidance weight of the caption against the other branch; 1 switches the other branch off
 * @param lowresTime timestep to which the small picture was noised; 0 for base stages
 */
public record StepSettings(double guidance, Threshold threshold, int lowresTime) {
  /**
   * Reads the thresholding by name.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public static StepSettings of(
      double guidance, String threshold, double percentile, double cap, int lowresTime) {
    return new StepSettings(guidance, Threshold.of(threshold, percentile, cap), lowresTime);
  }

  /** Whether the other branch has any say. */
  public boolean guided() {
    return guidance != 1;
  }

  /** The numbers of one model call, as {@link Denoiser} takes them. */
  public float[] pack(Row row) {
    return pack(row, false);
  }

  /** The same for a model that may say the variance of the noise itself. */
  public float[] pack(Row row, boolean learnsVariance) {
    return StepRow.pack(row, this, learnsVariance);
  }
}
