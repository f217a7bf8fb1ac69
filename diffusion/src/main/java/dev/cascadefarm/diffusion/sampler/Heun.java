package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Heun's method on dx/dσ (Karras et al. 2022, arXiv 2206.00364, algorithm 1 without churn): a step
 * is an Euler row and a row that corrects it; the last step has no second row, as σ = 0 has no
 * derivative. States hold x₀ + σ ε; the history is the state half an Euler step on.
 */
record Heun(SamplerOptions options) implements Sampler {
  private static final int HISTORY = 1;

  @Override
  public int history() {
    return HISTORY;
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    Levels levels = new Levels(schedule, Timesteps.between(schedule, steps.count(), options));
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < steps.count(); i++) {
      // dx/dσ = (x − x₀') / σ
      double stride = levels.sigma(i + 1) - levels.sigma(i);
      double whole = stride / levels.sigma(i);
      double half = whole / 2;
      rows.add(
          levels.scaledRow(
              i,
              objective,
              new double[][] {{1 + whole, 0, -whole, 0, 0}, {1 + half, 0, -half, 0, 0}}));
      if (i + 1 < steps.count()) {
        double rest = stride / 2 / levels.sigma(i + 1);
        rows.add(
            levels.scaledRow(
                i + 1, objective, new double[][] {{rest, 1, -rest, 0, 0}, {0, 0, 0, 0, 0}}));
      }
    }
    return levels.scaledTable(rows, HISTORY, options.spacing(), steps.first());
  }
}
