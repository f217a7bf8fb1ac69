package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.check.Check;

/**
 * Architecture of a {@link Clip}.
 *
 * @param channels of its pictures
 * @param side of its pictures, in pixels
 * @param patch side of the squares that a picture is cut into; divides {@code side}
 * @param vision transformer over the squares
 * @param vocabSize tokens it knows
 * @param maxTextLen tokens of a caption, padding included
 * @param text transformer over the tokens
 * @param latentDim numbers in an embedding, D
 */
public record ClipConfig(
    int channels,
    int side,
    int patch,
    TowerConfig vision,
    int vocabSize,
    int maxTextLen,
    TowerConfig text,
    int latentDim) {
  public ClipConfig {
    Check.require(channels >= 1, "channels", channels, ">= 1");
    Check.require(patch >= 1, "patch", patch, ">= 1");
    Check.require(side >= 1 && side % patch == 0, "side", side, "a multiple of the patch " + patch);
    Check.require(vocabSize >= 1, "vocab_size", vocabSize, ">= 1");
    Check.require(maxTextLen >= 1, "max_text_len", maxTextLen, ">= 1");
    Check.require(latentDim >= 1, "latent_dim", latentDim, ">= 1");
  }

  /** Squares of a picture. */
  int patches() {
    return side / patch * (side / patch);
  }
}
