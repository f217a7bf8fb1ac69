package dev.cascadefarm.diffusion.denoise;

/**
 * How a sample's x₀ is kept in range: s = the percentile of |x₀|, at least {@code floor}, at most
 * {@code cap}.
 *
 * @param percentile share of the pixels within s, 0 to 1
 * @param cap at least {@code floor}
 * @param divides whether the clipped x₀ is divided by s
 */
public record Threshold(double percentile, double floor, double cap, boolean divides) {
  private static final double UNBOUNDED = Float.MAX_VALUE;

  public Threshold {
    if (!(percentile >= 0 && percentile <= 1)) {
      throw new IllegalArgumentException("percentile: " + percentile + " (expected: 0 to 1)");
    }
    if (!(floor > 0 && cap >= floor)) {
      throw new IllegalArgumentException("cap: " + cap + " (expected: >= " + floor + ")");
    }
  }

  /**
   * Clips to ±range.
   *
   * @throws IllegalArgumentException if the range is not above 0
   */
  public static Threshold clip(double range) {
    if (!(range > 0)) {
      throw new IllegalArgumentException("range: " + range + " (expected: > 0)");
    }
    return new Threshold(1, range, range, false);
  }

  /**
   * The thresholding of that name.
   *
   * @param kind {@code none}, {@code static} (clip to ±1) or {@code dynamic}
   * @throws IllegalArgumentException if there is none, or a value is out of range
   */
  public static Threshold of(String kind, double percentile, double cap) {
    return switch (kind) {
      case "none" -> new Threshold(1, UNBOUNDED, UNBOUNDED, false);
      case "static" -> clip(1);
      case "dynamic" -> new Threshold(percentile, 1, cap, true);
      default ->
          throw new IllegalArgumentException(
              "threshold: " + kind + " (expected: none, static or dynamic)");
    };
  }

  /** Brings x₀ into range, in place (Saharia et al. 2022, §2.3). */
  void bound(float[] x0) {
    float bound = range(x0);
    float divisor = divides ? bound : 1;
    for (int i = 0; i < x0.length; i++) {
      x0[i] = Math.max(-bound, Math.min(bound, x0[i])) / divisor;
    }
  }

  private float range(float[] x0) {
    return floor == cap
        ? (float) floor
        : Math.min(
            (float) cap, Math.max((float) floor, Magnitudes.quantile(x0, (float) percentile)));
  }
}
