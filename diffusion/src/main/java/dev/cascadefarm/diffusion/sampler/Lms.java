package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * The linear multistep method of order 4 on dx/dσ: the polynomial through the last four
 * derivatives, integrated exactly. States hold x₀ + σ ε; the history is the last three derivatives.
 *
 * <p>A run that starts from a picture builds its order up from 1 again. With the habits of
 * diffusers it does not: it goes on with the weights of the row it starts at, as if the derivatives
 * before had been 0.
 */
record Lms(SamplerOptions options) implements Sampler {
  private static final int ORDER = 4;
  private static final int HISTORY = ORDER - 1;
  private static final int X0 = 1 + HISTORY;

  /** Where the two-point rule of Gauss looks, in halves of the step off its middle. */
  private static final double GAUSS_POINT = 1 / Math.sqrt(3);

  @Override
  public int history() {
    return HISTORY;
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.between(schedule, steps.count(), options);
    Levels levels = new Levels(schedule, timesteps);
    int firstOrder = options.habits().likeDiffusers() ? 0 : steps.first();
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < steps.count(); i++) {
      int order = Math.min(ORDER, i - firstOrder + 1);
      rows.add(levels.scaledRow(i, objective, next(levels, i, order)));
    }
    return levels.scaledTable(rows, HISTORY, options.spacing(), steps.first());
  }

  /** Columns: x, the last three derivatives, x₀', m, z. */
  private static double[][] next(Levels levels, int i, int order) {
    double[][] next = new double[1 + HISTORY][1 + HISTORY + 3];
    // dx/dσ = (x − x₀') / σ
    double slope = 1 / levels.sigma(i);
    double newest = weight(levels, i, order, 0);
    next[0][0] = 1 + newest * slope;
    next[0][X0] = -newest * slope;
    for (int k = 1; k < order; k++) {
      next[0][k] = weight(levels, i, order, k);
    }
    next[1][0] = slope;
    next[1][X0] = -slope;
    for (int k = 2; k <= HISTORY; k++) {
      next[k][k - 1] = 1;
    }
    return next;
  }

  /** The integral over the step of the polynomial that is 1 at derivative k and 0 at the others. */
  private static double weight(Levels levels, int i, int order, int k) {
    double half = (levels.sigma(i + 1) - levels.sigma(i)) / 2;
    double middle = levels.sigma(i) + half;
    double reach = half * GAUSS_POINT;
    return half
        * (lagrange(levels, i, order, k, middle - reach)
            + lagrange(levels, i, order, k, middle + reach));
  }

  private static double lagrange(Levels levels, int i, int order, int k, double sigma) {
    double product = 1;
    for (int j = 0; j < order; j++) {
      if (j != k) {
        product *= (sigma - levels.sigma(i - j)) / (levels.sigma(i - k) - levels.sigma(i - j));
      }
    }
    return product;
  }
}
