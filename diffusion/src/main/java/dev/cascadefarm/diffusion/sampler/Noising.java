package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * How a clean picture is noised to start a run: x = signal · x₀ + spread · noise, in the units of
 * the sampler's own x.
 */
public record Noising(double signal, double spread) {
  /** For states that hold √ᾱ x₀ + √(1−ᾱ) ε. */
  static Noising at(NoiseSchedule schedule, int timestep) {
    return new Noising(schedule.signalAt(timestep), schedule.spreadAt(timestep));
  }
}
