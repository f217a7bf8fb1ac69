package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.List;

/** Turns a schedule and a number of steps into a table. Implementations are pure and stateless. */
public interface Sampler {
  /** The samplers there are, the default first. */
  List<String> NAMES =
      List.of(
          "ddim",
          "ddpm",
          "dpmpp_2m",
          "euler",
          "euler_ancestral",
          "heun",
          "lms",
          "pndm",
          "pndm_prk",
          "unclip",
          "unipc");

  /** The most history any of them carries. */
  int MOST_HISTORY = 4;

  /** The history that new models get: enough for all of them but {@code pndm_prk}. */
  int USUAL_HISTORY = 3;

  /**
   * The table of a run; its rows are as many as the steps, but for {@code heun}, which calls the
   * model twice in all steps but the last, and {@code pndm} and {@code pndm_prk}, which call it
   * once and nine times more.
   *
   * @param steps between 1 and the schedule's timesteps
   * @throws IllegalArgumentException if {@code steps} is out of range
   */
  SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps);

  /** The table of a run from noise. */
  default SamplerTable table(NoiseSchedule schedule, Objective objective, int steps) {
    return table(schedule, objective, new Steps(steps, 0));
  }

  /** How many tensors of history its tables carry. */
  default int history() {
    return 0;
  }

  /** The samplers that samples with so much history can run, the default first. */
  static List<String> within(int history) {
    SamplerOptions any = SamplerOptions.of(0, Spacing.TRAILING, 0);
    return NAMES.stream().filter(name -> of(name, any).history() <= history).toList();
  }

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
      case "euler" -> new Euler(options);
      case "euler_ancestral" -> new EulerAncestral(options);
      case "heun" -> new Heun(options);
      case "lms" -> new Lms(options);
      case "pndm" -> new Pndm(options);
      case "pndm_prk" -> new PndmPrk(options);
      case "unclip" -> new UnClip(options);
      case "unipc" -> new UniPc(options);
      default ->
          throw new IllegalArgumentException(
              "sampler: %s (expected: one of %s)".formatted(name, String.join(", ", NAMES)));
    };
  }
}
