package dev.cascadefarm.diffusion.diffusers;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Tensor;

/** Pictures as lists of pixels. */
public final class Tokens {
  private Tokens() {}

  /** {@code (B, C, H, W) -> (B, H·W, C)}. */
  public static Tensor of(Tensor picture) {
    return picture.reshape(picture.size(0), picture.size(1), ANY).permute(0, 2, 1);
  }

  /** {@code (B, H·W, C) -> (B, C, H, W)}. */
  public static Tensor picture(Tensor tokens, Tensor like) {
    return tokens.permute(0, 2, 1).reshapeLike(like);
  }
}
