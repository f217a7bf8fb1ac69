package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;

/** What follows a residual block. Implementations are immutable. */
sealed interface Attention permits AddedKeyAttention, PixelAttention, Transformer {
  /** Keeps the shape {@code (B, C, H, W)}. */
  Tensor apply(Scope scope, Tensor x, Conditions conditions);
}
