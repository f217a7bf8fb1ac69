package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;

/**
 * A step by the mean and the variance of the noising's inverse (Ho et al. 2020, arXiv 2006.11239,
 * equations 6 and 7).
 *
 * @param alphaBar ᾱ where the step starts
 * @param alphaBarNext ᾱ where it leads
 * @param beta share of the variance that the noising replaces between the two
 */
record Ancestral(double alphaBar, double alphaBarNext, double beta) {
  /** Below it a variance counts as this, so that it has a logarithm. */
  private static final double LEAST_VARIANCE = 1e-20;

  Row row(int t, Objective objective, Variance variance) {
    double[] toX0 = objective.toX0(alphaBar);
    double fromX0 = beta * Math.sqrt(alphaBarNext) / (1 - alphaBar);
    double fromX = (1 - alphaBarNext) * Math.sqrt(1 - beta) / (1 - alphaBar);
    boolean learns = variance == Variance.LEARNED_RANGE && t > 0;
    return new Row(
        t,
        1,
        toX0[0],
        toX0[1],
        new double[][] {{fromX, fromX0, 0, spread(t, variance)}},
        learns
            ? LearnedVariance.between(Math.max(smallVariance(), LEAST_VARIANCE), beta)
            : LearnedVariance.NONE);
  }

  private double spread(int t, Variance variance) {
    return switch (variance) {
      case SMALL -> Math.sqrt(smallVariance());
      case LARGE -> t > 0 ? Math.sqrt(beta) : 0;
      case LEARNED_RANGE -> t > 0 ? 1 : 0;
    };
  }

  private double smallVariance() {
    return beta * (1 - alphaBarNext) / (1 - alphaBar);
  }
}
