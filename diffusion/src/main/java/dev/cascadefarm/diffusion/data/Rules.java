package dev.cascadefarm.diffusion.data;

/**
 * What an example must be to be used.
 *
 * @param leastSide shorter side of a picture at least, in pixels
 * @param skipsUnusable whether an example that cannot be used is left out and counted; if not, the
 *     first one is an error
 */
public record Rules(int leastSide, boolean skipsUnusable) {
  /** Characters of the longest caption. */
  public static final int MAX_CAPTION_CHARACTERS = 10_000;

  public Rules {
    if (leastSide < 1) {
      throw new IllegalArgumentException("least side: " + leastSide + " (expected: >= 1)");
    }
  }
}
