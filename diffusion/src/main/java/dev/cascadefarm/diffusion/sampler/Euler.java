package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Euler's method on dx/dσ (Karras et al. 2022, arXiv 2206.00364, without churn). States hold x₀ + σ
 * ε; on the same timesteps it is {@link Ddim} in these units.
 */
record Euler(SamplerOptions options) implements Sampler {
  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.between(schedule, steps.count(), options);
    Levels levels = new Levels(schedule, timesteps, options.habits().finalSigma());
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < steps.count(); i++) {
      double kept = levels.sigma(i + 1) / levels.sigma(i);
      rows.add(levels.scaledRow(i, objective, new double[][] {{kept, 1 - kept, 0, 0}}));
    }
    return levels.scaledTable(rows, 0, options.spacing(), steps.first());
  }
}
