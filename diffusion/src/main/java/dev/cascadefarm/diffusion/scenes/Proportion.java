package dev.cascadefarm.diffusion.scenes;

import java.util.Locale;

/** Count of successes out of trials with its 95 % Wilson interval. */
public record Proportion(int successes, int trials) {
  private static final double Z = 1.959963984540054;

  public Proportion {
    if (successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "successes: %d of %d (expected: 0..trials)".formatted(successes, trials));
    }
  }

  /** Share of successes; NaN without trials. */
  public double share() {
    return successes / (double) trials;
  }

  /** Lower end of the interval, in [0, 1]; 0 without trials. */
  public double low() {
    return trials == 0 ? 0 : Math.max(0, centre() - halfWidth());
  }

  /** Upper end of the interval, in [0, 1]; 1 without trials. */
  public double high() {
    return trials == 0 ? 1 : Math.min(1, centre() + halfWidth());
  }

  /** Share, interval and counts; a dash without trials. */
  @Override
  public String toString() {
    return trials == 0
        ? "     -"
        : String.format(
            Locale.ROOT, "%6.3f  %.3f .. %.3f  %d/%d", share(), low(), high(), successes, trials);
  }

  private double centre() {
    return (successes + Z * Z / 2) / (trials + Z * Z);
  }

  private double halfWidth() {
    double spread = share() * (1 - share()) * trials + Z * Z / 4;
    return Z * Math.sqrt(spread) / (trials + Z * Z);
  }
}
