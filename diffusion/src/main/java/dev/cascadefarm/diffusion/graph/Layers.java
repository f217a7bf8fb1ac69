package dev.cascadefarm.diffusion.graph;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import java.util.Arrays;
import java.util.List;

/** The layers all models share, with PyTorch's parameter names and defaults. */
public final class Layers {
  private static final double EPSILON = 1e-5;

  private Layers() {}

  /** {@code torch.nn.Linear}: {@code (…, in) -> (…, out)}. */
  public static Tensor linear(Scope scope, Tensor x, long out) {
    Initializer uniform = Initializer.fanIn(x.size(-1));
    Tensor bias = scope.parameter("bias", uniform, out);
    return linear(scope, x, out, bias.variable());
  }

  /** {@code torch.nn.Linear} without bias. */
  public static Tensor linearNoBias(Scope scope, Tensor x, long out) {
    return linear(scope, x, out, "None");
  }

  private static Tensor linear(Scope scope, Tensor x, long out, String bias) {
    long in = known(scope, x.require("linear", DType.FLOAT32), -1);
    Tensor weight = scope.parameter("weight", Initializer.fanIn(in), out, in);
    long[] shape = x.shape();
    shape[shape.length - 1] = out;
    return x.call("torch.linear", weight.variable() + ", " + bias, shape);
  }

  /**
   * {@code torch.nn.Conv2d}: {@code (B, C, H, W) -> (B, out, H', W')}.
   *
   * @param bias whether the layer has one
   */
  public static Tensor conv2d(Scope scope, Tensor x, Convolution conv, boolean bias) {
    long in = known(scope, x.require("conv2d", DType.FLOAT32), 1);
    long kernel = conv.kernel();
    Initializer uniform = Initializer.fanIn(in * kernel * kernel);
    Tensor weight = scope.parameter("weight", uniform, conv.out(), in, kernel, kernel);
    String biasName = bias ? scope.parameter("bias", uniform, conv.out()).variable() : "None";
    String arguments =
        "%s, %s, [%d, %d], [%d, %d], [1, 1], 1"
            .formatted(
                weight.variable(),
                biasName,
                conv.stride(),
                conv.stride(),
                conv.padding(),
                conv.padding());
    return x.call(
        "torch.conv2d",
        arguments,
        x.size(0),
        conv.out(),
        conv.side(x.size(2)),
        conv.side(x.size(3)));
  }

  /** A stride-1 convolution that keeps the size; {@code kernel} is odd. */
  public static Tensor conv2d(Scope scope, Tensor x, long out, long kernel) {
    return conv2d(scope, x, new Convolution(out, kernel, 1, kernel / 2), true);
  }

  /** What a convolution does to the shape. */
  public record Convolution(long out, long kernel, long stride, long padding) {
    long side(long size) {
      return size == ANY ? ANY : (size + 2 * padding - kernel) / stride + 1;
    }
  }

  /** {@code torch.nn.GroupNorm} over {@code (B, C, H, W)}. */
  public static Tensor groupNorm(Scope scope, Tensor x, long groups) {
    return groupNorm(scope, x, groups, EPSILON);
  }

  /**
   * {@code torch.nn.GroupNorm} over {@code (B, C, …)}.
   *
   * @param epsilon keeps it from dividing by zero
   */
  public static Tensor groupNorm(Scope scope, Tensor x, long groups, double epsilon) {
    long channels = known(scope, x, 1);
    if (channels % groups != 0) {
      throw scope.error(channels + " channels (expected: a multiple of " + groups + " groups)");
    }
    Tensor weight = scope.parameter("weight", Initializer.ones(), channels);
    Tensor bias = scope.parameter("bias", Initializer.zeros(), channels);
    String arguments =
        "%d, %s, %s, %s"
            .formatted(groups, weight.variable(), bias.variable(), Tensor.literal(epsilon));
    return x.call("torch.group_norm", arguments, x.shape());
  }

  /** {@code torch.nn.LayerNorm} over the last dimension. */
  public static Tensor layerNorm(Scope scope, Tensor x) {
    return layerNorm(scope, x, EPSILON);
  }

  /** The same with another number that keeps it from dividing by zero. */
  public static Tensor layerNorm(Scope scope, Tensor x, double epsilon) {
    long size = known(scope, x, -1);
    return layerNorm(
        x,
        scope.parameter("weight", Initializer.ones(), size),
        scope.parameter("bias", Initializer.zeros(), size),
        epsilon);
  }

  /** Normalises the last dimension with the given scale and shift. */
  public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias) {
    return layerNorm(x, weight, bias, EPSILON);
  }

  private static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    String arguments =
        "[%d], %s, %s, %s"
            .formatted(x.size(-1), weight.variable(), bias.variable(), Tensor.literal(epsilon));
    return x.call("torch.layer_norm", arguments, x.shape());
  }

  /** {@code torch.nn.Embedding}: {@code (…) int64 -> (…, width)}. */
  public static Tensor embedding(Scope scope, Tensor ids, long rows, long width) {
    Tensor weight = scope.parameter("weight", Initializer.normal(1), rows, width);
    long[] shape = Arrays.copyOf(ids.shape(), ids.rank() + 1);
    shape[shape.length - 1] = width;
    return weight.call("torch.embedding", ids.require("embedding", DType.INT64).variable(), shape);
  }

  /**
   * Scaled dot-product attention, scale 1/√D.
   *
   * @param query {@code (B, heads, N, D)}
   * @param key {@code (B, heads, M, D)}
   * @param value {@code (B, heads, M, D)}
   * @return {@code (B, heads, N, D)}
   */
  public static Tensor attention(Tensor query, Tensor key, Tensor value) {
    requireAlike(query, key, value);
    String arguments = key.variable() + ", " + value.variable() + ", None, 0., False";
    return query.call("torch.scaled_dot_product_attention", arguments, query.shape());
  }

  /**
   * The same with keys that may be hidden.
   *
   * @param visible bool {@code (B, 1, 1, M)}
   */
  public static Tensor attention(Tensor query, Tensor key, Tensor value, Tensor visible) {
    requireAlike(query, key, value);
    String arguments =
        String.join(
            ", ", List.of(key.variable(), value.variable(), visible.variable(), "0.", "False"));
    return query.call("torch.scaled_dot_product_attention", arguments, query.shape());
  }

  /**
   * The same, each token seeing itself and those before it.
   *
   * @param query {@code (B, heads, N, D)}
   * @param key {@code (B, heads, N, D)}
   * @param value {@code (B, heads, N, D)}
   * @return {@code (B, heads, N, D)}
   */
  public static Tensor causalAttention(Tensor query, Tensor key, Tensor value) {
    requireAlike(query, key, value);
    String arguments = key.variable() + ", " + value.variable() + ", None, 0., True";
    return query.call("torch.scaled_dot_product_attention", arguments, query.shape());
  }

  /**
   * Attention whose logits are {@code query·key + bias}, without a scale.
   *
   * @param query {@code (B, heads, N, D)}
   * @param key {@code (B, heads, M, D)}
   * @param value {@code (B, heads, M, D)}
   * @param bias broadcasts to {@code (B, heads, N, M)}
   * @return {@code (B, heads, N, D)}
   */
  public static Tensor biasedAttention(Tensor query, Tensor key, Tensor value, Tensor bias) {
    requireAlike(query, key, value);
    bias.require("attention", DType.FLOAT32);
    String arguments =
        "%s, %s, %s, 0., False, scale=1."
            .formatted(key.variable(), value.variable(), bias.variable());
    return query.call("torch.scaled_dot_product_attention", arguments, query.shape());
  }

  /**
   * Attention whose logits are {@code query·key/√D + shift}.
   *
   * @param query {@code (B, heads, N, D)}
   * @param key {@code (B, heads, M, D)}
   * @param value {@code (B, heads, M, D)}
   * @param shift float32, broadcasts to {@code (B, heads, N, M)}
   * @return {@code (B, heads, N, D)}
   */
  public static Tensor shiftedAttention(Tensor query, Tensor key, Tensor value, Tensor shift) {
    return attention(query, key, value, shift.require("attention", DType.FLOAT32));
  }

  private static void requireAlike(Tensor query, Tensor key, Tensor value) {
    if (query.size(-1) != key.size(-1) || query.size(1) != key.size(1)) {
      throw query.mismatch("attention", key.shape());
    }
    if (!Shapes.broadcastable(key.shape(), value.shape())) {
      throw key.mismatch("attention", value.shape());
    }
  }

  /** {@code (B, N, heads·D) -> (B, heads, N, D)}. */
  public static Tensor splitHeads(Tensor x, int heads) {
    return x.splitLast(heads, x.size(-1) / heads).permute(0, 2, 1, 3);
  }

  /** {@code (B, heads, N, D) -> (B, N, heads·D)}. */
  public static Tensor joinHeads(Tensor x) {
    return x.permute(0, 2, 1, 3).joinLast();
  }

  /** The GELU by its approximation with tanh. */
  public static Tensor geluTanh(Tensor x) {
    return x.require("gelu", DType.FLOAT32).call("torch.gelu", "approximate=\"tanh\"", x.shape());
  }

  /** The GELU by its approximation {@code x·σ(1.702·x)}. */
  public static Tensor quickGelu(Tensor x) {
    double steepness = 1.702;
    return x.times(steepness).silu().times(1 / steepness);
  }

  /**
   * Where in each row the number stands that is the largest, first.
   *
   * @param x int64 {@code (B, N)}
   * @return int64 {@code (B)}
   */
  public static Tensor largestAt(Tensor x) {
    return x.require("argmax", DType.INT64).call(DType.INT64, "torch.argmax", "1", x.size(0));
  }

  /**
   * Where in each row a number stands, first; 0 where it does not.
   *
   * @param x int64 {@code (B, N)}
   * @return int64 {@code (B)}
   */
  public static Tensor firstAt(Tensor x, long number) {
    x.require("eq", DType.INT64);
    return largestAt(x.call(DType.BOOL, "torch.eq", Long.toString(number), x.shape()).toInt64());
  }

  /**
   * One token of each sequence.
   *
   * @param x {@code (B, N, E)}
   * @param at int64 {@code (B)}, below N
   * @return {@code (B, E)}
   */
  public static Tensor tokenAt(Tensor x, Tensor at) {
    Tensor index = at.require("take_along_dim", DType.INT64).unsqueeze(1).unsqueeze(1);
    return x.call("torch.take_along_dim", index.variable() + ", 1", x.size(0), 1, x.size(2))
        .reshape(x.size(0), x.size(2));
  }

  /**
   * Cuts a table to as many rows as {@code like} has along its dimension 1.
   *
   * @param table {@code (L, E)}, L large enough for every call
   * @param like {@code (B, N, …)}
   * @return {@code (N, E)}
   */
  public static Tensor rows(Tensor table, Tensor like) {
    return table.call(
        "torch.slice",
        "0, 0, torch.size(" + like.variable() + ", 1), 1",
        like.size(1),
        table.size(1));
  }

  /**
   * Cuts a table to as many rows and columns as {@code like} has along its dimension 1.
   *
   * @param table float32 {@code (L, L)}, L large enough for every call
   * @param like {@code (B, N, …)}
   * @return {@code (N, N)}
   */
  public static Tensor corner(Tensor table, Tensor like) {
    String columns = "1, 0, torch.size(" + like.variable() + ", 1), 1";
    return rows(table, like).call("torch.slice", columns, like.size(1), like.size(1));
  }

  /** Doubles height and width by repetition. */
  public static Tensor upsampleNearest(Tensor x) {
    long height = x.size(2) == ANY ? ANY : 2 * x.size(2);
    long width = x.size(3) == ANY ? ANY : 2 * x.size(3);
    return x.call(
        "torch.upsample_nearest2d", "None, [2., 2.]", x.size(0), x.size(1), height, width);
  }

  /** {@code (B, C, H·r, W·r) -> (B, C·r², H, W)}: each square of pixels becomes channels. */
  public static Tensor pixelUnshuffle(Tensor x, int side) {
    if (x.size(2) % side > 0 || x.size(3) % side > 0) {
      throw x.mismatch("pixel_unshuffle", new long[] {side, side});
    }
    long area = (long) side * side;
    return x.call(
        "torch.pixel_unshuffle",
        Integer.toString(side),
        x.size(0),
        x.size(1) * area,
        x.size(2) == ANY ? ANY : x.size(2) / side,
        x.size(3) == ANY ? ANY : x.size(3) / side);
  }

  /** {@code (B, C·r², H, W) -> (B, C, H·r, W·r)}: the way back. */
  public static Tensor pixelShuffle(Tensor x, int side) {
    long area = (long) side * side;
    if (x.size(1) % area != 0) {
      throw x.mismatch("pixel_shuffle", new long[] {side, side});
    }
    return x.call(
        "torch.pixel_shuffle",
        Integer.toString(side),
        x.size(0),
        x.size(1) / area,
        x.size(2) == ANY ? ANY : x.size(2) * side,
        x.size(3) == ANY ? ANY : x.size(3) * side);
  }

  private static long known(Scope scope, Tensor x, int dimension) {
    long size = x.size(dimension);
    if (size == ANY) {
      throw scope.error("size of dimension " + dimension + " is open (expected: known)");
    }
    return size;
  }
}
