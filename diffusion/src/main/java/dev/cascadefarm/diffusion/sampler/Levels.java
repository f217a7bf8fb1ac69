package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.sampler.SamplerHabits.FinalSigma;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.List;

/**
 * The noise levels a run passes: σ, the noise-to-signal ratio, at each of its timesteps and at its
 * end, mostly 0 for the clean picture. λ = −ln σ is half the log-SNR.
 */
final class Levels {
  private final double[] timesteps;
  private final double[] sigmas;

  /** The levels at these timesteps and, last, the clean picture. */
  Levels(NoiseSchedule schedule, double[] timesteps) {
    this(schedule, timesteps, FinalSigma.ZERO);
  }

  /**
   * The levels at these timesteps and the last.
   *
   * @throws IllegalArgumentException where no signal is left, for there σ is infinite
   */
  Levels(NoiseSchedule schedule, double[] timesteps, FinalSigma last) {
    this.timesteps = timesteps;
    this.sigmas = new double[timesteps.length + 1];
    sigmas[timesteps.length] = last == FinalSigma.ZERO ? 0 : schedule.sigma(0);
    for (int i = 0; i < timesteps.length; i++) {
      sigmas[i] = schedule.sigma(timesteps[i]);
      if (Double.isInfinite(sigmas[i])) {
        throw new IllegalArgumentException(
            "alphaBar: 0 at timestep %s (expected: > 0 for this sampler)".formatted(timesteps[i]));
      }
    }
  }

  int steps() {
    return timesteps.length;
  }

  double timestep(int i) {
    return timesteps[i];
  }

  double sigma(int i) {
    return sigmas[i];
  }

  /** √ᾱ. */
  double signal(int i) {
    return 1 / Math.sqrt(sigmas[i] * sigmas[i] + 1);
  }

  double alphaBar(int i) {
    return 1 / (sigmas[i] * sigmas[i] + 1);
  }

  /** λ of level {@code to} less λ of level {@code from}; infinite towards the clean picture. */
  double rise(int from, int to) {
    return Math.log(sigmas[from] / sigmas[to]);
  }

  /** What is left of x on the way from level {@code i} to the next: the ratio of √(1−ᾱ). */
  double fade(int i) {
    return sigmas[i + 1] / sigmas[i] * signal(i + 1) / signal(i);
  }

  /** √ᾱ at the next level times 1 − e^−h, where h is the rise of λ to it. */
  double gain(int i) {
    return signal(i + 1) * (1 - sigmas[i + 1] / sigmas[i]);
  }

  /** A row at level {@code i} for states that hold √ᾱ x₀ + √(1−ᾱ) ε. */
  Row row(int i, Objective objective, double[][] next) {
    double[] toX0 = objective.toX0(alphaBar(i));
    return new Row(timesteps[i], 1, toX0[0], toX0[1], next);
  }

  /** A row at level {@code i} for states that hold x₀ + σ ε, which the model sees scaled down. */
  Row scaledRow(int i, Objective objective, double[][] next) {
    double[] toX0 = objective.toX0(alphaBar(i));
    return new Row(timesteps[i], signal(i), toX0[0] * signal(i), toX0[1], next);
  }

  /** How a picture starts states that hold √ᾱ x₀ + √(1−ᾱ) ε at level {@code i}. */
  Noising noising(int i) {
    return new Noising(signal(i), signal(i) * sigmas[i]);
  }

  /**
   * A table for states that hold x₀ + σ ε. Noise starts them scaled by σ, but by √(σ²+1) where
   * leading spacing cuts the top.
   *
   * @param first level of the first row
   */
  SamplerTable scaledTable(List<Row> rows, int history, Spacing spacing, int first) {
    double start = spacing == Spacing.LEADING ? 1 / signal(first) : sigmas[first];
    return new SamplerTable(rows, history, start, new Noising(1, sigmas[first]));
  }
}
