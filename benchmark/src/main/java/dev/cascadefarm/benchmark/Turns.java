package dev.cascadefarm.benchmark;

import java.util.function.DoubleSupplier;

/**
 * Two sides measured in turns, in one run; pair by pair, the side that begins changes, so that
 * neither gains where the machine slows down or speeds up.
 */
record Turns(Samples here, Samples there) {
  private static final int WARM_UP = 3;

  /** Takes turns; the first few are not counted. */
  static Turns take(int rounds, DoubleSupplier here, DoubleSupplier there) {
    return take(WARM_UP, rounds, here, there);
  }

  static Turns take(int warmUp, int rounds, DoubleSupplier here, DoubleSupplier there) {
    double[] ours = new double[rounds];
    double[] theirs = new double[rounds];
    for (int round = -warmUp; round < rounds; round++) {
      boolean first = round % 2 == 0;
      double early = first ? here.getAsDouble() : there.getAsDouble();
      double late = first ? there.getAsDouble() : here.getAsDouble();
      if (round >= 0) {
        ours[round] = first ? early : late;
        theirs[round] = first ? late : early;
      }
    }
    return new Turns(new Samples(ours), new Samples(theirs));
  }

  /** How many times as long the other side takes. */
  Samples speedup() {
    return there.over(here);
  }
}
