package dev.cascadefarm.common.queue;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Chance without chance: nonces that count, and jitter that is what it was set to. */
final class PlannedChance {
  private PlannedChance() {}

  /** Nonces in order, so that a model can say them beforehand. */
  static final class Nonces extends SecureRandom {
    private static final long serialVersionUID = 1;

    private long drawn;

    @Override
    public synchronized void nextBytes(byte[] nonce) {
      HexFormat hex = HexFormat.of();
      byte[] next = hex.parseHex(nonce(drawn, nonce.length));
      System.arraycopy(next, 0, nonce, 0, nonce.length);
      drawn++;
    }

    synchronized void restart() {
      drawn = 0;
    }
  }

  static String nonce(long drawn, int bytes) {
    return String.format("%0" + 2 * bytes + "x", drawn);
  }

  /** Answers every question with the number set last. */
  static final class Jitter implements RandomGenerator {
    private volatile double next;

    void set(double value) {
      next = value;
    }

    @Override
    public double nextDouble() {
      return next;
    }

    @Override
    public long nextLong() {
      throw new UnsupportedOperationException("nextLong (expected: nextDouble)");
    }
  }
}
