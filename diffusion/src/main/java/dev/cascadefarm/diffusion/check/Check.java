package dev.cascadefarm.diffusion.check;

/** Refuses values that do not fit. */
public final class Check {
  private Check() {}

  /**
   * Refuses a value unless it {@code fits}.
   *
   * @throws IllegalArgumentException saying {@code NAME: VALUE (expected: EXPECTED)}
   */
  public static void require(boolean fits, String name, Object value, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
