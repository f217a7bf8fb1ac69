package dev.cascadefarm.diffusion.noise;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * A stream of random numbers named by (seed, domain, purpose, row): the same name gives the same
 * numbers on every machine, in any order, alone or among others. Immutable, thread-safe.
 */
public final class CounterNoise {
  private static final double UNIT = 0x1p-32;
  private static final long WORD = 0xFFFFFFFFL;

  /** Numbers that are drawn at once; a multiple of a block's. */
  private static final int PIECE = 1024;

  private final long seedLow;
  private final long seedHigh;
  private final long name;

  /**
   * Names a family of streams.
   *
   * @param seed of an image, or of a training run
   * @param domain who draws, for example a stage's name
   * @param purpose what for, for example {@code start}
   */
  public CounterNoise(long seed, String domain, String purpose) {
    this.seedLow = seed & WORD;
    this.seedHigh = seed >>> 32;
    CRC32C crc = new CRC32C();
    crc.update((domain + "\u0000" + purpose).getBytes(StandardCharsets.UTF_8));
    this.name = crc.getValue();
  }

  /** Fills {@code out} with standard normals of stream {@code row}; long ones on all processors. */
  public void normals(long row, float[] out) {
    int pieces = (out.length + PIECE - 1) / PIECE;
    IntStream.range(0, pieces).parallel().forEach(piece -> fill(row, piece * PIECE, out));
  }

  private void fill(long row, int from, float[] out) {
    double[] uniforms = new double[Math.min(PIECE, out.length - from)];
    long[] words = words(row, from / Philox.WORDS, uniforms.length);
    for (int i = 0; i < uniforms.length; i++) {
      uniforms[i] = open(words[i]);
    }
    NormalQuantile.of(uniforms, out, from);
  }

  /** A fresh array of {@code count} standard normals of stream {@code row}. */
  public float[] normals(long row, int count) {
    float[] out = new float[count];
    normals(row, out);
    return out;
  }

  /** Number {@code index} of stream {@code row}, uniform in (0, 1). */
  public double uniform(long row, int index) {
    return open(words(row, index / Philox.WORDS, 1)[index % Philox.WORDS]);
  }

  /** Random words from a block of a stream on, at least so many. */
  private long[] words(long row, int block, int count) {
    long[] words = new long[(count + Philox.WORDS - 1) / Philox.WORDS * Philox.WORDS];
    new Philox(seedLow, seedHigh, row & WORD, row >>> 32, name).fill(block, words);
    return words;
  }

  /** 32 random bits as a number strictly between 0 and 1. */
  private static double open(long bits) {
    return (bits + 0.5) * UNIT;
  }
}
