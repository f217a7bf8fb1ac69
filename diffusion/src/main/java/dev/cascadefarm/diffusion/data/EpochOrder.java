package dev.cascadefarm.diffusion.data;

/**
 * The order in which examples are shown: every epoch shows each once, shuffled anew. An example's
 * place is computed, not remembered (a Feistel network over the smallest even number of bits that
 * holds the count, walked until it hits an index), so any position costs the same. Immutable,
 * thread-safe.
 *
 * @param count of the examples; endless lists are shown in their own order
 */
public record EpochOrder(long count, long seed) {
  private static final int ROUNDS = 6;

  public EpochOrder {
    if (count < 1) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
    }
  }

  /** The example at a position of the endless sequence of epochs. */
  public long index(long position) {
    return count == CaptionedPictures.ENDLESS
        ? position
        : place(position / count, position % count);
  }

  /**
   * The example at a place of an epoch.
   *
   * @param place 0 to count − 1
   */
  long place(long epoch, long place) {
    int half = (64 - Long.numberOfLeadingZeros(Math.max(1, count - 1)) + 1) / 2;
    long index = place;
    do {
      index = permuted(index, half, epoch);
    } while (index >= count);
    return index;
  }

  private long permuted(long value, int half, long epoch) {
    long mask = (1L << half) - 1;
    long left = value >>> half;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long key = mixed(seed + mixed(epoch * ROUNDS + round));
      long next = left ^ (mixed(right + key) & mask);
      left = right;
      right = next;
    }
    return left << half | right;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
  static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
