package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/** MinImagen's own sampler: every timestep of a linear schedule, for a model of the noise. */
public final class AncestralTable {
  private AncestralTable() {}

  public static SamplerTable of(int timesteps) {
    SamplerOptions options = SamplerOptions.of(1, Spacing.TRAILING, 0);
    return Sampler.of("ddpm", options)
        .table(NoiseSchedule.linear(timesteps), Objective.NOISE, timesteps);
  }
}
