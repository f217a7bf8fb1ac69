package dev.cascadefarm.diffusion.schedule;

import java.util.Arrays;

/**
 * A discrete schedule: {@code alphaBar(t)} is the share of the signal's variance left at timestep
 * {@code t}, falling from nearly 1 at 0 to nearly 0 at {@code T - 1}. Immutable.
 */
public final class NoiseSchedule {
  private static final double MAX_BETA = 0.999;
  private static final double COSINE_OFFSET = 0.008;

  private final double[] alphaBar;
  private final double[] betas;

  private NoiseSchedule(double[] alphaBar, double[] betas) {
    this.alphaBar = alphaBar;
    this.betas = betas;
  }

  private static NoiseSchedule ofBetas(double[] betas) {
    double product = 1;
    double[] alphaBar = new double[betas.length];
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      alphaBar[t] = product;
    }
    return new NoiseSchedule(alphaBar, betas);
  }

  /**
   * The schedule with these ᾱ, one for each timestep.
   *
   * @param alphaBar falling, within 1 (excluded) and 0 (included); at least one
   */
  public static NoiseSchedule ofAlphaBars(double... alphaBar) {
    double before = 1;
    double[] betas = new double[alphaBar.length];
    for (int t = 0; t < alphaBar.length; t++) {
      if (!(alphaBar[t] >= 0 && alphaBar[t] < before)) {
        throw new IllegalArgumentException(
            "alphaBar: %s after %s (expected: falling from below 1 to 0 or more)"
                .formatted(alphaBar[t], before));
      }
      betas[t] = 1 - alphaBar[t] / before;
      before = alphaBar[t];
    }
    if (alphaBar.length == 0) {
      throw new IllegalArgumentException("timesteps: 0 (expected: >= 1)");
    }
    return new NoiseSchedule(alphaBar.clone(), betas);
  }

  /** The schedule of that name: {@code linear} or {@code cosine}. */
  public static NoiseSchedule of(String name, int timesteps) {
    return switch (name) {
      case "linear" -> linear(timesteps);
      case "cosine" -> cosine(timesteps);
      default ->
          throw new IllegalArgumentException("schedule: " + name + " (expected: linear or cosine)");
    };
  }

  /**
   * The schedule with these β.
   *
   * @throws IllegalArgumentException if there cannot be so many timesteps
   */
  public static NoiseSchedule of(Betas betas, int timesteps) {
    double[] rounded = betas.rounded(timesteps);
    double[] alphaBar = betas.alphaBars(rounded);
    // The last may lie above the one before it where it was set to nearly 0.
    ofAlphaBars(Arrays.copyOf(alphaBar, timesteps - 1));
    return new NoiseSchedule(alphaBar, rounded);
  }

  /** Ho et al. 2020, §4, scaled to any {@code T} as in MinImagen; at least 21 timesteps. */
  public static NoiseSchedule linear(int timesteps) {
    if (timesteps < 21) {
      throw new IllegalArgumentException("timesteps: " + timesteps + " (expected: >= 21)");
    }
    double scale = 1000.0 / timesteps;
    double first = 1e-4 * scale;
    double last = 0.02 * scale;
    double[] betas = new double[timesteps];
    for (int t = 0; t < timesteps; t++) {
      betas[t] = first + (last - first) * t / (timesteps - 1);
    }
    return ofBetas(betas);
  }

  /** Nichol and Dhariwal 2021, equation 17; at least 2 timesteps. */
  public static NoiseSchedule cosine(int timesteps) {
    if (timesteps < 2) {
      throw new IllegalArgumentException("timesteps: " + timesteps + " (expected: >= 2)");
    }
    double[] betas = new double[timesteps];
    for (int t = 0; t < timesteps; t++) {
      betas[t] = cosineBeta(t, timesteps);
    }
    return ofBetas(betas);
  }

  static double cosineBeta(int t, int timesteps) {
    double ratio = signal((t + 1.0) / timesteps) / signal((double) t / timesteps);
    return Math.min(1 - ratio, MAX_BETA);
  }

  private static double signal(double time) {
    double cosine = StrictMath.cos((time + COSINE_OFFSET) / (1 + COSINE_OFFSET) * Math.PI / 2);
    return cosine * cosine;
  }

  /** Number of timesteps, {@code T}. */
  public int timesteps() {
    return alphaBar.length;
  }

  /** ᾱ at timestep {@code t}; 1 for {@code t < 0}, the clean picture. */
  public double alphaBar(int t) {
    return t < 0 ? 1 : alphaBar[t];
  }

  /** β at timestep {@code t}: the share of the variance that it replaces by noise. */
  public double beta(int t) {
    return betas[t];
  }

  /**
   * The noise-to-signal ratio σ = √((1−ᾱ)/ᾱ), linear between whole timesteps; infinite where no
   * signal is left.
   *
   * @param timestep 0 to {@code T - 1}
   */
  public double sigma(double timestep) {
    int below = (int) timestep;
    double part = timestep - below;
    double sigma = wholeSigma(below);
    return part == 0 ? sigma : sigma + part * (wholeSigma(below + 1) - sigma);
  }

  private double wholeSigma(int t) {
    return Math.sqrt((1 - alphaBar[t]) / alphaBar[t]);
  }

  /** The timestep that stands for an augmentation level in [0, 1], as MinImagen truncates it. */
  public int timestepOf(double level) {
    if (!(level >= 0 && level <= 1)) {
      throw new IllegalArgumentException("level: " + level + " (expected: 0 to 1)");
    }
    return Math.min(timesteps() - 1, (int) (timesteps() * level));
  }

  /** √ᾱ at timestep {@code t}: what the clean picture is multiplied by. */
  public double signalAt(int t) {
    return Math.sqrt(alphaBar(t));
  }

  /** √(1−ᾱ) at timestep {@code t}: what the noise is multiplied by. */
  public double spreadAt(int t) {
    return Math.sqrt(1 - alphaBar(t));
  }

  @Override
  public String toString() {
    return "NoiseSchedule[%d timesteps, alphaBar down to %.3g]"
        .formatted(timesteps(), alphaBar(timesteps() - 1));
  }
}
