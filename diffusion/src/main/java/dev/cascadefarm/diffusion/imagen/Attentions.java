package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** MinImagen's attentions over pictures; all work on {@code (B, C, H, W)} and keep the shape. */
final class Attentions {
  /** Heads of every cross-attention, whatever the configuration says of self-attention. */
  private static final int CROSS_HEADS = 8;

  private static final double CHANNEL_NORM_EPSILON = 1e-5;

  private Attentions() {}

  /** Self-attention and feed-forward, each with its residual. */
  static Tensor transformerBlock(Scope scope, Tensor x, int heads, int dimHead) {
    Tensor attended = selfAttention(scope.in("attn").in("fn"), x, heads, dimHead).plus(x);
    return feedForward(scope.in("ff"), attended).plus(attended);
  }

  /** All heads share one key and one value; a learned null key stands first. */
  static Tensor selfAttention(Scope scope, Tensor x, int heads, int dimHead) {
    Tensor tokens = norm(scope.in("norm"), tokens(x));
    Tensor query =
        heads(Layers.linearNoBias(scope.in("to_q"), tokens, (long) heads * dimHead), heads);
    List<Tensor> keyValue =
        Layers.linearNoBias(scope.in("to_kv"), tokens, 2L * dimHead).chunk(2, -1);
    List<Tensor> nulls = nullKeyValue(scope, dimHead);
    Tensor key = shared(nulls.get(0), keyValue.get(0), heads);
    Tensor value = shared(nulls.get(1), keyValue.get(1), heads);
    return out(scope, Layers.attention(query, key, value), x);
  }

  /** Every pixel attends to the conditioning tokens {@code (B, N, E)} and a learned null key. */
  static Tensor crossAttention(Scope scope, Tensor x, Tensor context, int dimHead) {
    long inner = (long) CROSS_HEADS * dimHead;
    Tensor tokens = norm(scope.in("norm"), tokens(x));
    Tensor query = heads(Layers.linearNoBias(scope.in("to_q"), tokens, inner), CROSS_HEADS);
    List<Tensor> keyValue = Layers.linearNoBias(scope.in("to_kv"), context, 2 * inner).chunk(2, -1);
    List<Tensor> nulls = nullKeyValue(scope, dimHead);
    Tensor key = perHead(nulls.get(0), keyValue.get(0));
    Tensor value = perHead(nulls.get(1), keyValue.get(1));
    return out(scope, Layers.attention(query, key, value), x);
  }

  private static Tensor feedForward(Scope scope, Tensor x) {
    long dim = x.size(1);
    Layers.Convolution widen = new Layers.Convolution(2 * dim, 1, 1, 0);
    Layers.Convolution narrow = new Layers.Convolution(dim, 1, 1, 0);
    Tensor hidden = Layers.conv2d(scope.in(1), channelNorm(scope.in(0), x), widen, false).gelu();
    return Layers.conv2d(scope.in(4), channelNorm(scope.in(3), hidden), narrow, false);
  }

  /** Normalises each pixel over its channels; scale only. */
  static Tensor channelNorm(Scope scope, Tensor x) {
    Tensor gain = scope.parameter("g", Initializer.ones(), 1, x.size(1), 1, 1);
    Tensor deviation = x.variance(1).plus(CHANNEL_NORM_EPSILON).sqrt();
    return x.minus(x.mean(1, true)).over(deviation).times(gain);
  }

  /** Layer normalisation whose shift is a buffer of zeros. */
  private static Tensor norm(Scope scope, Tensor x) {
    return Layers.layerNorm(
        x,
        scope.parameter("gamma", Initializer.ones(), x.size(-1)),
        scope.buffer("beta", Initializer.zeros(), x.size(-1)));
  }

  /** The learned null key and value, each {@code (1, 1, 1, D)}. */
  private static List<Tensor> nullKeyValue(Scope scope, int dimHead) {
    Tensor both = scope.parameter("null_kv", Initializer.normal(1), 2, dimHead);
    return both.reshape(2, 1, 1, dimHead).chunk(2, 0);
  }

  /** {@code (B, N, D) -> (B, heads, 1 + N, D)}, the same for every head. */
  private static Tensor shared(Tensor nulls, Tensor tokens, int heads) {
    Tensor each = tokens.unsqueeze(1);
    Tensor all = Tensor.cat(2, nulls.expandLike(each), each);
    return all.repeatHeads(heads);
  }

  /** {@code (B, N, heads·D) -> (B, heads, 1 + N, D)}. */
  private static Tensor perHead(Tensor nulls, Tensor tokens) {
    Tensor split = heads(tokens, CROSS_HEADS);
    return Tensor.cat(2, nulls.expandLike(split).repeatHeads(CROSS_HEADS), split);
  }

  /** {@code (B, C, H, W) -> (B, H·W, C)}. */
  private static Tensor tokens(Tensor x) {
    return x.reshape(x.size(0), x.size(1), Tensor.ANY).permute(0, 2, 1);
  }

  /** {@code (B, N, heads·D) -> (B, heads, N, D)}. */
  private static Tensor heads(Tensor x, int heads) {
    long each = x.size(-1) / heads;
    return x.splitLast(heads, each).permute(0, 2, 1, 3);
  }

  /** {@code (B, heads, H·W, D) -> (B, C, H, W)}. */
  private static Tensor out(Scope scope, Tensor attended, Tensor like) {
    Tensor joined = attended.permute(0, 2, 1, 3).joinLast();
    Tensor projected = Layers.linearNoBias(scope.in("to_out").in(0), joined, like.size(1));
    Tensor normed = norm(scope.in("to_out").in(1), projected);
    return normed.permute(0, 2, 1).reshapeLike(like);
  }
}
