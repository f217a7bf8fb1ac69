package dev.cascadefarm.diffusion.sampler;

/**
 * The steps of a run.
 *
 * @param count into which the whole way from noise to picture is divided, 1 or more
 * @param first the one the run starts with, from 0; later than that where it starts from a noised
 *     picture
 */
public record Steps(int count, int first) {
  public Steps {
    if (first < 0 || first >= Math.max(1, count)) {
      throw new IllegalArgumentException(
          "first: %d (expected: 0 to %d)".formatted(first, count - 1));
    }
  }

  /** The whole way. */
  public static Steps all(int count) {
    return new Steps(count, 0);
  }

  /**
   * The end of the way, for a run that starts from a picture (Meng et al. 2021, arXiv 2108.01073).
   *
   * @param strength share of the steps that are done, above 0 and at most 1; rounded down
   * @throws IllegalArgumentException if it is out of range or leaves no step
   */
  public static Steps of(int count, double strength) {
    if (!(strength > 0 && strength <= 1)) {
      throw new IllegalArgumentException(
          "strength: " + strength + " (expected: above 0, at most 1)");
    }
    int done = (int) (count * strength);
    if (done == 0 && count >= 1) {
      throw new IllegalArgumentException(
          "strength: %s (expected: >= 1/%d, for one of %d steps)"
              .formatted(strength, count, count));
    }
    return new Steps(count, Math.max(0, count - done));
  }
}
