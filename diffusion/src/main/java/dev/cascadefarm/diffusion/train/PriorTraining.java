package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * What a diffusion prior is taught.
 *
 * @param schedule {@code linear} or {@code cosine}
 * @param timesteps T
 * @param captionDrop share of captions left out, 0 to 1
 */
public record PriorTraining(String schedule, int timesteps, double captionDrop) {
  public PriorTraining {
    Check.require(captionDrop >= 0 && captionDrop <= 1, "caption_drop", captionDrop, "0 to 1");
  }

  /** Every tenth caption left out, as in Ramesh et al. 2022, §2.2. */
  public static PriorTraining cosine(int timesteps) {
    return new PriorTraining("cosine", timesteps, 0.1);
  }

  /** The same with every caption shown. */
  PriorTraining withoutDrop() {
    return new PriorTraining(schedule, timesteps, 0);
  }

  NoiseSchedule noiseSchedule() {
    return NoiseSchedule.of(schedule, timesteps);
  }
}
