package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;

/**
 * What a decoder is taught.
 *
 * @param diffusion as any diffusion model; Ramesh et al. 2022 (§2.1) leave out every other caption
 * @param imageDrop share of embeddings left out, 0 to 1; there every tenth
 */
public record DecoderTraining(DiffusionTraining diffusion, double imageDrop) {
  public DecoderTraining {
    Check.require(imageDrop >= 0 && imageDrop <= 1, "image_drop", imageDrop, "0 to 1");
  }
}
