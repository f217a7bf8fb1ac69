package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * What a decoder is taught.
 *
 * @param schedule {@code linear} or {@code cosine}
 * @param timesteps T
 * @param objective what it predicts
 * @param imageDrop share of embeddings left out, 0 to 1
 * @param captionDrop share of captions left out, 0 to 1
 */
public record DecoderTraining(
    String schedule, int timesteps, Objective objective, double imageDrop, double captionDrop) {
  public DecoderTraining {
    Check.require(imageDrop >= 0 && imageDrop <= 1, "image_drop", imageDrop, "0 to 1");
    Check.require(captionDrop >= 0 && captionDrop <= 1, "caption_drop", captionDrop, "0 to 1");
  }

  /** Every tenth embedding and every other caption left out, as in Ramesh et al. 2022, §2.1. */
  public static DecoderTraining cosine(int timesteps, Objective objective) {
    return new DecoderTraining("cosine", timesteps, objective, 0.1, 0.5);
  }

  /** The same with everything shown. */
  DecoderTraining withoutDrop() {
    return new DecoderTraining(schedule, timesteps, objective, 0, 0);
  }

  NoiseSchedule noiseSchedule() {
    return NoiseSchedule.of(schedule, timesteps);
  }
}
