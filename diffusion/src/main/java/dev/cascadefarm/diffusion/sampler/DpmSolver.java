package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.sampler.SamplerHabits.Multistep;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * DPM-Solver++ 2M (Lu et al. 2022, arXiv 2211.01095, algorithm 2). The history is the x₀ of the row
 * before; the first step is of first order, and so is the last on the way to the clean picture.
 */
record DpmSolver(SamplerOptions options) implements Sampler {
  private static final int HISTORY = 1;

  /** Fewer steps than this may end on one of first order. */
  private static final int FEW_STEPS = 15;

  @Override
  public int history() {
    return HISTORY;
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.beforeEnd(schedule, steps.count(), options);
    Levels levels = new Levels(schedule, timesteps, options.habits().finalSigma());
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < steps.count(); i++) {
      rows.add(levels.row(i, objective, next(levels, i, i > steps.first() && !lowers(levels, i))));
    }
    return new SamplerTable(rows, HISTORY, 1, levels.noising(steps.first()));
  }

  /** Whether a step is of first order for being the last. */
  private boolean lowers(Levels levels, int i) {
    Multistep solver = options.habits().solver();
    boolean last = i == levels.steps() - 1;
    if (solver.order() == 1) {
      return true;
    }
    boolean few = solver.lowersLast() && levels.steps() < FEW_STEPS;
    return last && (levels.sigma(i + 1) == 0 || solver.eulerLast() || few);
  }

  /** Columns: x, the last x₀, x₀', m, z. */
  private double[][] next(Levels levels, int i, boolean secondOrder) {
    double gain = levels.gain(i);
    double bend = secondOrder ? bend(levels, i) : 0;
    return new double[][] {{levels.fade(i), -bend, gain + bend, 0, 0}, {0, 0, 1, 0, 0}};
  }

  /** Weight of the difference between x₀' and the last x₀. */
  private double bend(Levels levels, int i) {
    double h = levels.rise(i, i + 1);
    double ratio = h / levels.rise(i - 1, i);
    return switch (options.habits().solver().correction()) {
      case MIDPOINT -> levels.gain(i) * ratio / 2;
      case HEUN -> h == 0 ? 0 : ratio * (levels.signal(i + 1) - levels.gain(i) / h);
    };
  }
}
