package dev.cascadefarm.diffusion.sampler;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a model predicts from a noisy picture. */
public enum Objective {
  /** The noise ε (Ho et al. 2020). */
  @JsonProperty("noise")
  NOISE,
  /** The clean picture x₀. */
  @JsonProperty("x_start")
  X_START,
  /** v = √ᾱ ε − √(1−ᾱ) x₀ (Salimans and Ho 2022). */
  @JsonProperty("v")
  V;

  /**
   * The pair (a, b) with x₀ = a·x + b·m for the raw prediction m.
   *
   * @throws IllegalArgumentException if ε is predicted where no signal is left
   */
  double[] toX0(double alphaBar) {
    double signal = Math.sqrt(alphaBar);
    double noise = Math.sqrt(1 - alphaBar);
    return switch (this) {
      case NOISE -> {
        if (alphaBar == 0) {
          throw new IllegalArgumentException(
              "alphaBar: 0 (expected: > 0 where the model predicts noise)");
        }
        yield new double[] {1 / signal, -noise / signal};
      }
      case X_START -> new double[] {0, 1};
      case V -> new double[] {signal, -noise};
    };
  }

  /** The pair (a, b) with m = a·x₀ + b·ε for what a perfect model predicts. */
  public double[] target(double alphaBar) {
    return switch (this) {
      case NOISE -> new double[] {0, 1};
      case X_START -> new double[] {1, 0};
      case V -> new double[] {-Math.sqrt(1 - alphaBar), Math.sqrt(alphaBar)};
    };
  }

  /**
   * A sample's weight in the loss by min-SNR (Hang et al. 2023, arXiv 2303.09556, §3.4).
   *
   * @param gamma highest signal-to-noise ratio that counts, above 0
   */
  public double minSnrWeight(double alphaBar, double gamma) {
    double snr = alphaBar / (1 - alphaBar);
    double clipped = Math.min(snr, gamma);
    return switch (this) {
      case NOISE -> snr == 0 ? 1 : clipped / snr;
      case X_START -> clipped;
      case V -> clipped / (snr + 1);
    };
  }
}
