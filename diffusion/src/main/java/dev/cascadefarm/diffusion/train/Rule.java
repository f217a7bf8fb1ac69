package dev.cascadefarm.diffusion.train;

/** Demands on what does not fit together. */
final class Rule {
  private Rule() {}

  /** Refuses a value, naming it. */
  static void require(boolean fits, String name, Object value, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
