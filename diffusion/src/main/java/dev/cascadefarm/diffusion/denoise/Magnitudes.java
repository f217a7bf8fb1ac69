package dev.cascadefarm.diffusion.denoise;

/**
 * Order statistics of |v| without sorting: non-negative floats are in the order of their bits, so
 * counting the upper half of the bits, and the lower half of those that share it, finds any of them
 * in two passes.
 */
final class Magnitudes {
  private static final int HALF = 16;
  private static final int LOW = (1 << HALF) - 1;

  private Magnitudes() {}

  /**
   * The quantile of |v| with linear interpolation, as {@code torch.quantile} takes it, in float32.
   *
   * @param values at least one
   * @param share of the magnitudes below, 0 to 1
   */
  static float quantile(float[] values, float share) {
    float position = share * (values.length - 1);
    int below = (int) position;
    float lower = smallest(values, below);
    return lower + (next(values, below, lower) - lower) * (position - below);
  }

  /** The magnitude that as many as {@code rank} come before in order. */
  private static float smallest(float[] values, int rank) {
    int[] byUpper = new int[1 << (HALF - 1)];
    for (float each : values) {
      byUpper[bits(each) >>> HALF]++;
    }
    Place upper = Place.of(byUpper, rank);
    int[] byLower = new int[1 << HALF];
    for (float each : values) {
      int bits = bits(each);
      if (bits >>> HALF == upper.bin()) {
        byLower[bits & LOW]++;
      }
    }
    return Float.intBitsToFloat((upper.bin() << HALF) | Place.of(byLower, upper.rank()).bin());
  }

  /** The magnitude after the one of that rank; the last one, if that is it. */
  private static float next(float[] values, int rank, float magnitude) {
    int upTo = 0;
    float above = Float.POSITIVE_INFINITY;
    for (float each : values) {
      float candidate = Math.abs(each);
      if (candidate <= magnitude) {
        upTo++;
      } else if (candidate < above) {
        above = candidate;
      }
    }
    return upTo > rank + 1 || upTo == values.length ? magnitude : above;
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
  }

  /**
   * Where something of a rank is.
   *
   * @param bin the one it is in
   * @param rank its rank among those in the bin
   */
  private record Place(int bin, int rank) {
    static Place of(int[] counts, int rank) {
      int left = rank;
      int bin = 0;
      while (left >= counts[bin]) {
        left -= counts[bin];
        bin++;
      }
      return new Place(bin, left);
    }
  }
}
