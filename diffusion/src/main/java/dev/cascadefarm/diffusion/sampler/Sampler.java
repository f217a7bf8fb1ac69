package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.List;

/** Turns a schedule and a number of steps into a table. Implementations are pure and stateless. */
public interface Sampler {
  /** The samplers there are, the default first. */
  List<String> NAMES = List.of("ddim", "ddpm", "dpmpp_2m", "euler_ancestral", "heun", "unipc");

  /** The most history any of them carries. */
  int MOST_HISTORY = 2;

  /**
   * The table of a run; its rows are as many as the steps, but for {@code heun}, which calls the
   * model twice in all steps but the last.
   *
   * @param steps between 1 and the schedule's timesteps
   * @throws IllegalArgumentException if {@code steps} is out of range
   */
  SamplerTable table(NoiseSchedule schedule, Objective objective, int steps);

  /**
   * The sampler of that name, one of {@link #NAMES}.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Sampler of(String name, SamplerOptions options) {
    return switch (name) {
      case "ddpm" -> new Ddpm(options);
      case "ddim" -> new Ddim(options);
      case "dpmpp_2m" -> new DpmSolver(options);
      case "euler_ancestral" -> new EulerAncestral(options);
      case "heun" -> new Heun(options);
      case "unipc" -> new UniPc(options);
      default ->
          throw new IllegalArgumentException(
              "sampler: %s (expected: one of %s)".formatted(name, String.join(", ", NAMES)));
    };
  }
}
