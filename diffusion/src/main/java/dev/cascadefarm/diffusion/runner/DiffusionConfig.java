package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * How a diffusion model was trained, as far as sampling must know.
 *
 * @param schedule {@code linear} or {@code cosine}
 * @param timesteps T
 * @param objective what the model predicts
 * @param history tensors of history that its samples carry
 */
public record DiffusionConfig(String schedule, int timesteps, Objective objective, int history) {
  NoiseSchedule noiseSchedule() {
    return NoiseSchedule.of(schedule, timesteps);
  }
}
