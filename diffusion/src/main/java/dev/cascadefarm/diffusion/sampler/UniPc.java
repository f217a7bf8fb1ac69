package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * UniPC of order 2 (Zhao et al. 2023, arXiv 2302.04867, with B(h) = e^h − 1 on predicted x₀): each
 * row corrects the state it was given by the x₀ predicted there, then predicts the next. The
 * history is the corrected next state but for the x₀ it waits for, and the last x₀. The first step
 * and the last are of order 1.
 */
record UniPc(SamplerOptions options) implements Sampler {
  private static final int ORDER = 2;
  private static final int HISTORY = 2;

  /** Where a row finds what it advances. */
  private static final int X = 0;

  private static final int CORRECTED = 1;
  private static final int LAST_X0 = 2;
  private static final int X0 = 3;

  @Override
  public int history() {
    return HISTORY;
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.beforeEnd(schedule, steps.count(), options);
    Levels levels = new Levels(schedule, timesteps, options.habits().finalSigma());
    List<Row> rows = new ArrayList<>();
    double pending = 0;
    int first = steps.first();
    for (int i = first; i < steps.count(); i++) {
      int order = Math.min(ORDER, Math.min(steps.count() - i, i - first + 1));
      int from = i == first ? X : CORRECTED;
      double[][] next = new double[1 + HISTORY][1 + HISTORY + 3];
      next[0] = combine(from, pending, predictor(levels, i, order));
      if (i + 1 < steps.count()) {
        Move corrector = corrector(levels, i, order);
        next[CORRECTED] = combine(from, pending, corrector);
        next[LAST_X0][X0] = 1;
        pending = corrector.awaited;
      }
      rows.add(levels.row(i, objective, next));
    }
    return new SamplerTable(rows, HISTORY, 1, levels.noising(first));
  }

  /**
   * A linear way from one level to the next.
   *
   * @param x0 weight of the x₀ predicted at the level it starts from
   * @param lastX0 weight of the one before
   * @param awaited weight of the one to be predicted at the level it leads to
   */
  private record Move(double x, double x0, double lastX0, double awaited) {}

  /** A move from the corrected state: x on the first row, later h₁ + pending · x₀'. */
  private static double[] combine(int from, double pending, Move move) {
    double[] row = new double[1 + HISTORY + 3];
    row[from] = move.x;
    row[LAST_X0] = move.lastX0;
    row[X0] = move.x0 + move.x * pending;
    return row;
  }

  private static Move predictor(Levels levels, int i, int order) {
    double gain = levels.gain(i);
    double slope = order == 1 ? 0 : gain / 2 / lastRise(levels, i);
    return new Move(levels.fade(i), gain - slope, slope, 0);
  }

  private static Move corrector(Levels levels, int i, int order) {
    double gain = levels.gain(i);
    if (order == 1) {
      return new Move(levels.fade(i), gain / 2, 0, gain / 2);
    }
    double h = levels.rise(i, i + 1);
    double r = lastRise(levels, i);
    // The weights that make the corrector exact for x₀ linear and quadratic in λ.
    double b = Math.expm1(-h);
    double phi = -b / h - 1;
    double first = phi / b;
    double second = 2 * (-phi / h - 0.5) / b;
    double old = (first - second) / (1 - r);
    double slope = gain * old / r;
    double awaited = gain * (first - old);
    return new Move(levels.fade(i), gain - slope - awaited, slope, awaited);
  }

  /** λ one level back, seen from level {@code i} in units of the coming rise; negative. */
  private static double lastRise(Levels levels, int i) {
    return -levels.rise(i - 1, i) / levels.rise(i, i + 1);
  }
}
