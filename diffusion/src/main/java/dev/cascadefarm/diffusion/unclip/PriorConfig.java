package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.check.Check;

/**
 * Architecture of a {@link DiffusionPrior}.
 *
 * @param latentDim numbers in an embedding, D
 * @param textWidth of the encodings it reads, E
 * @param maxTextLen tokens of a caption, N
 * @param tower the causal transformer; its width is even
 */
public record PriorConfig(int latentDim, int textWidth, int maxTextLen, TowerConfig tower) {
  public PriorConfig {
    Check.require(latentDim >= 1, "latent_dim", latentDim, ">= 1");
    Check.require(textWidth >= 1, "text_width", textWidth, ">= 1");
    Check.require(maxTextLen >= 1, "max_text_len", maxTextLen, ">= 1");
    Check.require(tower.width() % 2 == 0, "width", tower.width(), "even");
  }
}
