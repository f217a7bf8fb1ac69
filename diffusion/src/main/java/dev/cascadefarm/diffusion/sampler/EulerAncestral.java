package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Euler's method on dx/dσ with as much of each step's noise drawn afresh as DDPM draws (Karras et
 * al. 2022, arXiv 2206.00364, and k-diffusion). States hold x₀ + σ ε; on the same timesteps it is
 * {@link Ddpm} in these units.
 */
record EulerAncestral(SamplerOptions options) implements Sampler {
  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    Levels levels = new Levels(schedule, Timesteps.between(schedule, steps.count(), options));
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < steps.count(); i++) {
      double from = levels.sigma(i);
      double to = levels.sigma(i + 1);
      double down = to * to / from;
      double up = Math.sqrt(Math.max(0, to * to - down * down));
      double kept = down / from;
      rows.add(levels.scaledRow(i, objective, new double[][] {{kept, 1 - kept, 0, up}}));
    }
    return levels.scaledTable(rows, 0, options.spacing(), steps.first());
  }
}
