package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * The sampler of unCLIP's prior, decoder and enlargers: ancestral, on timesteps from T − 1 to 0,
 * both included, whatever spacing is asked for; so it takes two steps or more. With the habits of
 * diffusers a step from one timestep to the one before has the schedule's own β, which the rounding
 * of ᾱ has not touched.
 */
record UnClip(SamplerOptions options) implements Sampler {
  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = timesteps(schedule, steps.count());
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < timesteps.length; i++) {
      int t = (int) timesteps[i];
      int next = i + 1 < timesteps.length ? (int) timesteps[i + 1] : -1;
      rows.add(step(schedule, t, next).row(t, objective, options.habits().variance()));
    }
    return new SamplerTable(rows, 0, 1, Noising.at(schedule, (int) timesteps[steps.first()]));
  }

  private double[] timesteps(NoiseSchedule schedule, int count) {
    if (count == 1) {
      throw new IllegalArgumentException(
          "steps: 1 (expected: 2 to " + schedule.timesteps() + " for unclip)");
    }
    SamplerOptions ends = SamplerOptions.of(options.eta(), Spacing.LINSPACE, 0);
    return Timesteps.whole(schedule, count, ends);
  }

  private Ancestral step(NoiseSchedule schedule, int t, int next) {
    double alphaBar = schedule.alphaBar(t);
    double alphaBarNext = schedule.alphaBar(next);
    boolean own = options.habits().likeDiffusers() && next == t - 1;
    double beta = own ? schedule.beta(t) : 1 - alphaBar / alphaBarNext;
    return new Ancestral(alphaBar, alphaBarNext, beta);
  }
}
