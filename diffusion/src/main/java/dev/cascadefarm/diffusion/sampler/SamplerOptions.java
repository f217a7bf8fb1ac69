package dev.cascadefarm.diffusion.sampler;

/**
 * What shapes a sampler's table beside the schedule, the objective and the number of steps.
 *
 * @param eta share of fresh noise, 0 (none) to 1 (as much as DDPM); read by DDIM
 * @param spacing where on the schedule the model calls lie
 * @param stepsOffset added to every timestep of {@link Spacing#LEADING}, 0 or more
 * @param likeDiffusers whether DDPM and DDIM repeat three habits of diffusers, where the other
 *     samplers know no choice: a trailing timestep half-way between two integers goes to the even
 *     one; DDIM steps to t − ⌊T ÷ steps⌋, whatever its next timestep is; and keeps the ε that the
 *     model predicted when x₀ was thresholded
 * @param endsClean whether DDIM, so stepping below timestep 0, lands on ᾱ = 1 and not on ᾱ₀
 */
public record SamplerOptions(
    double eta, Spacing spacing, int stepsOffset, boolean likeDiffusers, boolean endsClean) {
  public SamplerOptions {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta: " + eta + " (expected: 0 to 1)");
    }
    if (stepsOffset < 0) {
      throw new IllegalArgumentException("steps_offset: " + stepsOffset + " (expected: >= 0)");
    }
  }

  /** The farm's own habits. */
  public static SamplerOptions of(double eta, Spacing spacing, int stepsOffset) {
    return new SamplerOptions(eta, spacing, stepsOffset, false, true);
  }
}
