package dev.cascadefarm.standalone.cli;

import java.util.random.RandomGenerator;

/** Seeds of pictures where nobody gave one. */
final class Seeds {
  /** JSON's readers keep whole numbers below it. */
  private static final long BOUND = 1L << 53;

  private Seeds() {}

  static long draw(RandomGenerator random) {
    return random.nextLong(BOUND);
  }
}
