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
}
