package dev.cascadefarm.diffusion.sampler;

/**
 * What turns the second half v of a model's channels into the strength of the noise: the row's z is
 * multiplied by exp(½ (slope · v + offset)), pixel by pixel (Nichol and Dhariwal 2021, arXiv
 * 2102.09672, equation 15).
 */
public record LearnedVariance(double slope, double offset) {
  /** Leaves the noise as it is, whatever v. */
  public static final LearnedVariance NONE = new LearnedVariance(0, 0);

  /**
   * The variance that runs from {@code least} to {@code most}, evenly in its logarithm, while v
   * runs from −1 to 1.
   */
  static LearnedVariance between(double least, double most) {
    double low = Math.log(least);
    double high = Math.log(most);
    return new LearnedVariance((high - low) / 2, (high + low) / 2);
  }
}
