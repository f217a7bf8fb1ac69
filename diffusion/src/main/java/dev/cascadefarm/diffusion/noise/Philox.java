package dev.cascadefarm.diffusion.noise;

/**
 * The counter-based generator Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy
 * as 1, 2, 3"): a bijection from 128 bits of counter to 128 random bits, chosen by 64 bits of key.
 * Words are 32 bits, unsigned; held as longs, they are multiplied without being widened each time.
 *
 * @param key0 first word of the key
 * @param key1 second word of the key
 * @param counter1 second word of the counter; the first one counts
 * @param counter2 third word of the counter
 * @param counter3 fourth word of the counter
 */
record Philox(long key0, long key1, long counter1, long counter2, long counter3) {
  /** Random words that one counter gives. */
  static final int WORDS = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final long WEYL_0 = 0x9E3779B9L;
  private static final long WEYL_1 = 0xBB67AE85L;
  private static final long WORD = 0xFFFFFFFFL;

  /**
   * Fills {@code words} with those of consecutive counters.
   *
   * @param first first word of the first counter
   * @param words as many as a multiple of {@link #WORDS}
   */
  void fill(long first, long[] words) {
    for (int i = 0; i < words.length; i += WORDS) {
      long c0 = first + i / WORDS;
      long c1 = counter1;
      long c2 = counter2;
      long c3 = counter3;
      long k0 = key0;
      long k1 = key1;
      for (int round = 0; round < ROUNDS; round++) {
        long product0 = MULTIPLIER_0 * c0;
        long product1 = MULTIPLIER_1 * c2;
        c0 = (product1 >>> 32) ^ c1 ^ k0;
        c1 = product1 & WORD;
        c2 = (product0 >>> 32) ^ c3 ^ k1;
        c3 = product0 & WORD;
        k0 = (k0 + WEYL_0) & WORD;
        k1 = (k1 + WEYL_1) & WORD;
      }
      words[i] = c0;
      words[i + 1] = c1;
      words[i + 2] = c2;
      words[i + 3] = c3;
    }
  }
}
