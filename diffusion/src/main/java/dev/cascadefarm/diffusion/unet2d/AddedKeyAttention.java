package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Normalization;
import dev.cascadefarm.diffusion.diffusers.Tokens;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Pictures;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.Objects;

/**
 * Attention of the pixels to tokens and pixels at once, with its residual; diffusers' {@code
 * AttnAddedKVProcessor}.
 *
 * @param headWidth width of a head; the channels are a multiple of it
 * @param groups of the pixels' normalisation
 * @param onlyTokens whether pixels do not attend to pixels
 * @param tokenNorm how the tokens are normalised first
 */
record AddedKeyAttention(int headWidth, int groups, boolean onlyTokens, TokenNorm tokenNorm)
    implements Attention {
  private static final double EPSILON = 1e-5;

  /** Normalisations of tokens, by the names that configurations give them. */
  enum TokenNorm {
    NONE,
    LAYER_NORM,
    GROUP_NORM;

    /** Fixed in diffusers. */
    static final int GROUPS = 32;
  }

  @Override
  public Tensor apply(Scope scope, Tensor x, Conditions conditions) {
    Tensor pixels = Tokens.of(new Normalization(groups, EPSILON).apply(scope.in("group_norm"), x));
    Tensor tokens = normed(scope.in("norm_cross"), Objects.requireNonNull(conditions.tokens()));
    Tensor query = heads(scope.in("to_q"), pixels, x.size(1));
    Tensor key = heads(scope.in("add_k_proj"), tokens, x.size(1));
    Tensor value = heads(scope.in("add_v_proj"), tokens, x.size(1));
    Tensor shift = conditions.shift();
    if (!onlyTokens) {
      key = Tensor.cat(2, key, heads(scope.in("to_k"), pixels, x.size(1)));
      value = Tensor.cat(2, value, heads(scope.in("to_v"), pixels, x.size(1)));
      shift = shift == null ? null : Pictures.padLike(shift, pixels);
    }
    Tensor attended =
        shift == null
            ? Layers.attention(query, key, value)
            : Layers.shiftedAttention(query, key, value, shift);
    Tensor out = Layers.linear(scope.in("to_out").in(0), Layers.joinHeads(attended), x.size(1));
    return Tokens.picture(out, x).plus(x);
  }

  private Tensor heads(Scope scope, Tensor tokens, long width) {
    int heads = Math.toIntExact(width / headWidth);
    return Layers.splitHeads(Layers.linear(scope, tokens, width), heads);
  }

  private Tensor normed(Scope scope, Tensor tokens) {
    return switch (tokenNorm) {
      case NONE -> tokens;
      case LAYER_NORM -> Layers.layerNorm(scope, tokens);
      case GROUP_NORM ->
          Layers.groupNorm(scope, tokens.permute(0, 2, 1), TokenNorm.GROUPS).permute(0, 2, 1);
    };
  }
}
