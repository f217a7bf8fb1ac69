package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.function.IntToDoubleFunction;

/**
 * The timesteps a run visits, descending. The kinds of samplers count them differently, each as its
 * scheduler in diffusers does, down to the order of the floating-point operations.
 */
final class Timesteps {
  private final int all;
  private final int steps;
  private final SamplerOptions options;

  private Timesteps(NoiseSchedule schedule, int steps, SamplerOptions options) {
    this.all = schedule.timesteps();
    this.steps = steps;
    this.options = options;
    requireSteps(all);
  }

  /** For DDPM, DDIM, PNDM and unCLIP: whole. */
  static double[] whole(NoiseSchedule schedule, int steps, SamplerOptions options) {
    Timesteps timesteps = new Timesteps(schedule, steps, options);
    boolean own = options.spacing() == Spacing.TRAILING && !options.habits().likeDiffusers();
    return own
        ? timesteps.descending(
            i -> Math.round(timesteps.all - (double) timesteps.all * i / steps) - 1)
        : timesteps.spaced(steps, true);
  }

  /** For DPM-Solver++ and UniPC: whole; leading and linspace leave a timestep for the end. */
  static double[] beforeEnd(NoiseSchedule schedule, int steps, SamplerOptions options) {
    Timesteps timesteps = new Timesteps(schedule, steps, options);
    if (options.spacing() != Spacing.TRAILING) {
      timesteps.requireSteps(timesteps.all - 1);
    }
    return timesteps.spaced(steps + 1, true);
  }

  /** For Euler, Heun and LMS: linspace falls between the whole timesteps. */
  static double[] between(NoiseSchedule schedule, int steps, SamplerOptions options) {
    return new Timesteps(schedule, steps, options).spaced(steps, false);
  }

  private double[] spaced(int points, boolean whole) {
    return switch (options.spacing()) {
      case TRAILING -> {
        double stride = (all - (double) all / steps) - all;
        yield descending(i -> Math.rint(all + i * stride) - 1);
      }
      case LEADING -> {
        int stride = all / points;
        yield descending(i -> (double) (points - 1 - i) * stride + options.stepsOffset());
      }
      case LINSPACE -> {
        double stride = points == 1 ? 0 : (all - 1.0) / (points - 1);
        yield descending(
            i -> {
              int up = points - 1 - i;
              double exact = up > 0 && i == 0 ? all - 1 : up * stride;
              return whole ? Math.rint(exact) : (float) exact;
            });
      }
    };
  }

  private double[] descending(IntToDoubleFunction timestep) {
    double[] timesteps = new double[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = timestep.applyAsDouble(i);
    }
    if (timesteps[0] > all - 1) {
      throw new IllegalArgumentException(
          "steps_offset: %d (expected: 0 to %d for %d steps)"
              .formatted(
                  options.stepsOffset(),
                  (int) (options.stepsOffset() - timesteps[0] + all - 1),
                  steps));
    }
    return timesteps;
  }

  private void requireSteps(int most) {
    if (steps < 1 || steps > most) {
      throw new IllegalArgumentException("steps: " + steps + " (expected: 1 to " + most + ")");
    }
  }
}
