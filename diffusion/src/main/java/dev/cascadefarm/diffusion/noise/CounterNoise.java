package dev.cascadefarm.diffusion.noise;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A stream of random numbers named by (seed, domain, purpose, row): the same name gives the same
 * numbers on every machine, in any order, alone or among others. Immutable, thread-safe.
 */
public final class CounterNoise {
  private static final double UNIT = 0x1p-32;

  private final int seedLow;
  private final int seedHigh;
  private final int name;

  /**
   * Names a family of streams.
   *
   * @param seed of an image, or of a training run
   * @param domain who draws, for example a stage's name
   * @param purpose what for, for example {@code start}
   */
  public CounterNoise(long seed, String domain, String purpose) {
    this.seedLow = (int) seed;
    this.seedHigh = (int) (seed >>> 32);
    CRC32C crc = new CRC32C();
    crc.update((domain + "\u0000" + purpose).getBytes(StandardCharsets.UTF_8));
    this.name = (int) crc.getValue();
  }

  /** Fills {@code out} with standard normals of stream {@code row}. */
  public void normals(long row, float[] out) {
    int[] words = new int[4];
    for (int i = 0; i < out.length; i += words.length) {
      block(words, row, i / words.length);
      int count = Math.min(words.length, out.length - i);
      for (int k = 0; k < count; k++) {
        out[i + k] = (float) NormalQuantile.of(open(words[k]));
      }
    }
  }

  /** A fresh array of {@code count} standard normals of stream {@code row}. */
  public float[] normals(long row, int count) {
    float[] out = new float[count];
    normals(row, out);
    return out;
  }

  /** Number {@code index} of stream {@code row}, uniform in (0, 1). */
  public double uniform(long row, int index) {
    int[] words = new int[4];
    block(words, row, index / 4);
    return open(words[index % 4]);
  }

  private void block(int[] words, long row, int block) {
    words[0] = block;
    words[1] = (int) row;
    words[2] = (int) (row >>> 32);
    words[3] = name;
    Philox.apply(words, seedLow, seedHigh);
  }

  /** 32 random bits as a number strictly between 0 and 1. */
  private static double open(int bits) {
    return ((bits & 0xFFFFFFFFL) + 0.5) * UNIT;
  }
}
