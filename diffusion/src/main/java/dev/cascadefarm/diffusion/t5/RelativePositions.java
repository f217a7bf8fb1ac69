package dev.cascadefarm.diffusion.t5;

/**
 * T5's groups of distances between two tokens: half of them for each direction; of these, half for
 * one distance each, the rest on a logarithmic scale.
 */
final class RelativePositions {
  private final int half;
  private final int exact;
  private final int maxDistance;

  RelativePositions(int buckets, int maxDistance) {
    this.half = buckets / 2;
    this.exact = half / 2;
    this.maxDistance = maxDistance;
  }

  /**
   * The group of one distance.
   *
   * @param distance position of the key less that of the query
   * @return 0 to buckets - 1
   */
  int bucket(int distance) {
    return (distance > 0 ? half : 0) + magnitude(Math.abs(distance));
  }

  /** In float32, as the checkpoints were trained: at a group's edge the rounding decides. */
  private int magnitude(int distance) {
    if (distance < exact) {
      return distance;
    }
    float octaves = (float) Math.log((float) distance / exact);
    float share = octaves / (float) Math.log((double) maxDistance / exact);
    return Math.min(exact + (int) (share * (half - exact)), half - 1);
  }

  /** The groups of all pairs of {@code length} tokens, {@code (query, key)}, row by row. */
  double[] table(int length) {
    double[] table = new double[length * length];
    for (int query = 0; query < length; query++) {
      for (int key = 0; key < length; key++) {
        table[query * length + key] = bucket(key - query);
      }
    }
    return table;
  }
}
