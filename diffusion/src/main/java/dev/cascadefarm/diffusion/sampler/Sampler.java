package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.List;
import java.util.stream.IntStream;

/** Turns a schedule and a number of steps into a table. Implementations are pure and stateless. */
public interface Sampler {
  /**
   * The table of a run.
   *
   * @param steps between 1 and the schedule's timesteps
   * @throws IllegalArgumentException if {@code steps} is out of range
   */
  SamplerTable table(NoiseSchedule schedule, Objective objective, int steps);

  /**
   * The sampler of that name: {@code ddpm} or {@code ddim}.
   *
   * @param eta share of fresh noise, 0 to 1; read by {@code ddim}
   */
  static Sampler of(String name, double eta) {
    return switch (name) {
      case "ddpm" -> new Ddpm();
      case "ddim" -> new Ddim(eta);
      default ->
          throw new IllegalArgumentException("sampler: " + name + " (expected: ddpm or ddim)");
    };
  }

  /**
   * The timesteps visited, descending, evenly from {@code T - 1} to about {@code T / steps - 1}
   * ("trailing" spacing).
   */
  static List<Integer> timesteps(NoiseSchedule schedule, int steps) {
    int all = schedule.timesteps();
    if (steps < 1 || steps > all) {
      throw new IllegalArgumentException("steps: " + steps + " (expected: 1 to " + all + ")");
    }
    return IntStream.range(0, steps)
        .mapToObj(i -> (int) Math.round(all - (double) all * i / steps) - 1)
        .toList();
  }
}
