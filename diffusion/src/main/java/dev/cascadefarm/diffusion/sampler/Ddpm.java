package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Ancestral sampling over any subset of the timesteps; with all of them, MinImagen's own sampler.
 */
record Ddpm(SamplerOptions options) implements Sampler {
  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.whole(schedule, steps.count(), options);
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < timesteps.length; i++) {
      int t = (int) timesteps[i];
      double alphaBar = schedule.alphaBar(t);
      double alphaBarNext =
          schedule.alphaBar(i + 1 < timesteps.length ? (int) timesteps[i + 1] : -1);
      Ancestral step = new Ancestral(alphaBar, alphaBarNext, 1 - alphaBar / alphaBarNext);
      rows.add(step.row(t, objective, options.habits().variance()));
    }
    return new SamplerTable(rows, 0, 1, Noising.at(schedule, (int) timesteps[steps.first()]));
  }
}
