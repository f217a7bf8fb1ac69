package dev.cascadefarm.diffusion.sampler;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How samplers behave where implementations differ: fixed by whoever made the model, not by a job.
 *
 * @param likeDiffusers whether habits of diffusers are repeated: a trailing timestep half-way
 *     between two integers goes to the even one (DDPM, DDIM, PNDM; the others know no choice); DDIM
 *     and PNDM step to t − ⌊T ÷ steps⌋, whatever the next timestep is; DDIM keeps the ε that the
 *     model predicted when x₀ was thresholded; PNDM combines predictions of v as they are and not
 *     the ε in them; and a run of PNDM or LMS that starts from a picture goes on as if there had
 *     been rows before, where ours begins anew
 * @param endsClean whether DDIM and PNDM, stepping below timestep 0, land on ᾱ = 1 and not on ᾱ₀
 * @param finalSigma where Euler, DPM-Solver++ and UniPC end
 * @param variance of the noise that DDPM and unCLIP draw
 * @param solver of DPM-Solver++
 */
public record SamplerHabits(
    boolean likeDiffusers,
    boolean endsClean,
    FinalSigma finalSigma,
    Variance variance,
    Multistep solver) {
  /** The farm's own. */
  public static final SamplerHabits OWN =
      new SamplerHabits(false, true, FinalSigma.ZERO, Variance.SMALL, Multistep.USUAL);

  /** The last noise level of a run. */
  public enum FinalSigma {
    /** The clean picture. */
    @JsonProperty("zero")
    ZERO,
    /** That of timestep 0. */
    @JsonProperty("sigma_min")
    SMALLEST
  }

  /** How strong the noise is that a step draws (Ho et al. 2020, §3.2). */
  public enum Variance {
    /** β̃, right for data that are one point. */
    @JsonProperty("fixed_small")
    SMALL,
    /** β, right for data that are noise. */
    @JsonProperty("fixed_large")
    LARGE,
    /** Between the two, as the model says pixel by pixel in channels of its own. */
    @JsonProperty("learned_range")
    LEARNED_RANGE
  }

  /** How DPM-Solver++ uses the x₀ of the row before. */
  public enum Correction {
    /** As if x₀ had that slope at the middle of the step. */
    @JsonProperty("midpoint")
    MIDPOINT,
    /** As if x₀ had that slope all along, integrated exactly. */
    @JsonProperty("heun")
    HEUN
  }

  /**
   * What shapes DPM-Solver++.
   *
   * @param order 1 or 2
   * @param lowersLast whether the last step of fewer than 15 is of first order
   * @param eulerLast whether the last step is of first order, however many there are; it always is
   *     on the way to the clean picture
   */
  public record Multistep(int order, Correction correction, boolean lowersLast, boolean eulerLast) {
    /** Order 2 by the midpoint. */
    public static final Multistep USUAL = new Multistep(2, Correction.MIDPOINT, true, false);

    public Multistep {
      if (order < 1 || order > 2) {
        throw new IllegalArgumentException("order: " + order + " (expected: 1 or 2)");
      }
    }
  }
}
