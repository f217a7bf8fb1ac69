package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * DPM-Solver++ 2M (Lu et al. 2022, arXiv 2211.01095, algorithm 2, midpoint form). The history is
 * the x₀ of the row before; the first step and the last are of first order.
 */
record DpmSolver(SamplerOptions options) implements Sampler {
  private static final int HISTORY = 1;

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, int steps) {
    Levels levels = new Levels(schedule, Timesteps.beforeEnd(schedule, steps, options));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      rows.add(levels.row(i, objective, next(levels, i)));
    }
    return new SamplerTable(rows, HISTORY, 1);
  }

  /** Columns: x, the last x₀, x₀', m, z. */
  private static double[][] next(Levels levels, int i) {
    boolean first = i == 0 || i == levels.steps() - 1;
    double slope = first ? 0 : levels.rise(i, i + 1) / levels.rise(i - 1, i) / 2;
    double gain = levels.gain(i);
    return new double[][] {
      {levels.fade(i), -gain * slope, gain * (1 + slope), 0, 0}, {0, 0, 1, 0, 0}
    };
  }
}
