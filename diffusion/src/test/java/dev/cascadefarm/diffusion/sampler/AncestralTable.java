package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/** MinImagen's own sampler: every timestep of a linear schedule, for a model of the noise. */
public final class AncestralTable {
  private AncestralTable() {}

  public static SamplerTable of(int timesteps) {
    return Sampler.of("ddpm", 1).table(NoiseSchedule.linear(timesteps), Objective.NOISE, timesteps);
  }
}
