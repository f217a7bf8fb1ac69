package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Normalization;
import dev.cascadefarm.diffusion.diffusers.Tokens;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Transformer layers over the pixels: attention to pixels, attention to tokens, feed-forward;
 * diffusers' {@code Transformer2DModel}.
 *
 * @param heads of every attention; what of the channels they do not divide is left out
 * @param layers number of layers
 * @param groups of the normalisation before them
 * @param linearProjection whether the projections in and out are linear layers, not convolutions
 * @param onlyTokens whether the first attention of a layer is to the tokens too
 */
record Transformer(int heads, int layers, int groups, boolean linearProjection, boolean onlyTokens)
    implements Attention {
  private static final double EPSILON = 1e-6;
  private static final int WIDENING = 4;

  @Override
  public Tensor apply(Scope scope, Tensor x, Conditions conditions) {
    long width = x.size(1) / heads * heads;
    Tensor normed = new Normalization(groups, EPSILON).apply(scope.in("norm"), x);
    Scope in = scope.in("proj_in");
    Scope out = scope.in("proj_out");
    if (linearProjection) {
      Tensor tokens = layers(scope, Layers.linear(in, Tokens.of(normed), width), conditions);
      return Tokens.picture(Layers.linear(out, tokens, x.size(1)), x).plus(x);
    }
    Tensor projected = Layers.conv2d(in, normed, width, 1);
    Tensor tokens = layers(scope, Tokens.of(projected), conditions);
    return Layers.conv2d(out, Tokens.picture(tokens, projected), x.size(1), 1).plus(x);
  }

  private Tensor layers(Scope scope, Tensor pixels, Conditions conditions) {
    Tensor x = pixels;
    for (int i = 0; i < layers; i++) {
      x = layer(scope.in("transformer_blocks").in(i), x, conditions);
    }
    return x;
  }

  private Tensor layer(Scope scope, Tensor pixels, Conditions conditions) {
    Tensor tokens = Objects.requireNonNull(conditions.tokens());
    Tensor normed = Layers.layerNorm(scope.in("norm1"), pixels);
    Tensor x =
        attention(scope.in("attn1"), normed, onlyTokens ? tokens : normed, null).plus(pixels);
    normed = Layers.layerNorm(scope.in("norm2"), x);
    x = attention(scope.in("attn2"), normed, tokens, conditions.shift()).plus(x);
    return feedForward(scope.in("ff").in("net"), Layers.layerNorm(scope.in("norm3"), x)).plus(x);
  }

  private Tensor attention(Scope scope, Tensor x, Tensor context, @Nullable Tensor shift) {
    long width = x.size(-1);
    Tensor query = heads(Layers.linearNoBias(scope.in("to_q"), x, width));
    Tensor key = heads(Layers.linearNoBias(scope.in("to_k"), context, width));
    Tensor value = heads(Layers.linearNoBias(scope.in("to_v"), context, width));
    Tensor attended =
        shift == null
            ? Layers.attention(query, key, value)
            : Layers.shiftedAttention(query, key, value, shift);
    return Layers.linear(scope.in("to_out").in(0), Layers.joinHeads(attended), width);
  }

  private Tensor heads(Tensor tokens) {
    return Layers.splitHeads(tokens, heads);
  }

  /** One half of the hidden units is the gate of the other. */
  private static Tensor feedForward(Scope net, Tensor x) {
    long hidden = WIDENING * x.size(-1);
    List<Tensor> halves = Layers.linear(net.in(0).in("proj"), x, 2 * hidden).chunk(2, -1);
    Tensor gated = halves.get(0).times(halves.get(1).gelu());
    return Layers.linear(net.in(2), gated, x.size(-1));
  }
}
