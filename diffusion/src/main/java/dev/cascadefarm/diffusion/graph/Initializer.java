package dev.cascadefarm.diffusion.graph;

/**
 * How a parameter starts, as PyTorch's layers do it.
 *
 * @param kind the distribution
 * @param scale bound of {@code UNIFORM}, value of {@code CONSTANT}, deviation of {@code NORMAL}
 */
public record Initializer(Kind kind, double scale) {
  /** Distributions. */
  public enum Kind {
    CONSTANT,
    NORMAL,
    UNIFORM
  }

  /** Every element 0. */
  public static Initializer zeros() {
    return new Initializer(Kind.CONSTANT, 0);
  }

  /** Every element 1. */
  public static Initializer ones() {
    return new Initializer(Kind.CONSTANT, 1);
  }

  /** Normal with mean 0. */
  public static Initializer normal(double deviation) {
    return new Initializer(Kind.NORMAL, deviation);
  }

  /** Uniform in ±1/√fanIn: the default of PyTorch's linear and convolution layers. */
  public static Initializer fanIn(long fanIn) {
    return new Initializer(Kind.UNIFORM, 1 / Math.sqrt((double) fanIn));
  }
}
