package dev.cascadefarm.diffusion.sampler;

/**
 * What shapes a sampler's table beside the schedule, the objective and the steps.
 *
 * @param eta share of fresh noise, 0 (none) to 1 (as much as DDPM); read by DDIM
 * @param spacing where on the schedule the model calls lie; not read by unCLIP's, which is always
 *     {@link Spacing#LINSPACE}
 * @param stepsOffset added to every timestep of {@link Spacing#LEADING}, 0 or more
 */
public record SamplerOptions(double eta, Spacing spacing, int stepsOffset, SamplerHabits habits) {
  public SamplerOptions {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta: " + eta + " (expected: 0 to 1)");
    }
    if (stepsOffset < 0) {
      throw new IllegalArgumentException("steps_offset: " + stepsOffset + " (expected: >= 0)");
    }
  }

  /** With the farm's own habits. */
  public static SamplerOptions of(double eta, Spacing spacing, int stepsOffset) {
    return new SamplerOptions(eta, spacing, stepsOffset, SamplerHabits.OWN);
  }
}
