package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Ancestral sampling (Ho et al. 2020, arXiv 2006.11239, equations 6 and 7) over any subset of the
 * timesteps; with all of them, MinImagen's own sampler.
 */
record Ddpm(SamplerOptions options) implements Sampler {
  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, int steps) {
    double[] timesteps = Timesteps.whole(schedule, steps, options);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int t = (int) timesteps[i];
      int next = i + 1 < steps ? (int) timesteps[i + 1] : -1;
      rows.add(row(objective, t, schedule.alphaBar(t), schedule.alphaBar(next)));
    }
    return new SamplerTable(rows, 0, 1);
  }

  private static Row row(Objective objective, int t, double alphaBar, double alphaBarNext) {
    double[] toX0 = objective.toX0(alphaBar);
    double alpha = alphaBar / alphaBarNext;
    double beta = 1 - alpha;
    double fromX0 = beta * Math.sqrt(alphaBarNext) / (1 - alphaBar);
    double fromX = (1 - alphaBarNext) * Math.sqrt(alpha) / (1 - alphaBar);
    double sigma = Math.sqrt(beta * (1 - alphaBarNext) / (1 - alphaBar));
    return new Row(t, 1, toX0[0], toX0[1], new double[][] {{fromX, fromX0, 0, sigma}});
  }
}
