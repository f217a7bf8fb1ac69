package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.SelfAttention;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;

/** Attention among pixels alone. */
record PixelAttention(SelfAttention attention) implements Attention {
  @Override
  public Tensor apply(Scope scope, Tensor x, Conditions conditions) {
    return attention.apply(scope, x);
  }
}
