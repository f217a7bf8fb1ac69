package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention.Names;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention among the pixels of a picture, with its residual; what older checkpoints name {@code
 * AttentionBlock}.
 *
 * @param normalization of the pixels; absent if there is none
 * @param headWidth width of a head; the channels are a multiple of it
 * @param divisor of the sum at the end
 */
public record SelfAttention(@Nullable Normalization normalization, int headWidth, double divisor) {
  private static final Names NAMES = new Names("to_q", "to_k", "to_v", "to_out.0", true);

  /** Keeps the shape {@code (B, C, H, W)}. */
  public Tensor apply(Scope scope, Tensor x) {
    int heads = Math.toIntExact(x.size(1) / headWidth);
    Tensor normed = normalization == null ? x : normalization.apply(scope.in("group_norm"), x);
    Tensor tokens = Tokens.of(normed);
    MultiHeadAttention attention = new MultiHeadAttention(NAMES, heads, headWidth);
    Tensor out = attention.apply(scope, tokens, tokens, Layers::attention);
    Tensor sum = Tokens.picture(out, x).plus(x);
    return divisor == 1 ? sum : sum.times(1 / divisor);
  }
}
