package dev.cascadefarm.diffusion.graph;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

/** What is done to tensors over pictures and tokens beside the {@link Layers}; nothing learned. */
public final class Pictures {
  private Pictures() {}

  /** Means of 2×2 pixels: {@code (B, C, H, W) -> (B, C, H/2, W/2)}. */
  public static Tensor halve(Tensor x) {
    String arguments = "[2, 2], [2, 2], [0, 0], False, True, None";
    return x.call(
        "torch.avg_pool2d", arguments, x.size(0), x.size(1), half(x.size(2)), half(x.size(3)));
  }

  private static long half(long size) {
    return size == ANY ? ANY : size / 2;
  }

  /** Enlarges to the height and width of {@code like} by repetition. */
  public static Tensor enlargeLike(Tensor x, Tensor like) {
    String arguments =
        "[torch.size(%1$s, 2), torch.size(%1$s, 3)], None".formatted(like.variable());
    return x.call(
        "torch.upsample_nearest2d", arguments, x.size(0), x.size(1), like.size(2), like.size(3));
  }

  /** Adds a row of zeros below and a column of zeros at the right. */
  public static Tensor padCorner(Tensor x) {
    return x.call(
        "torch.constant_pad_nd",
        "[0, 1, 0, 1], 0",
        x.size(0),
        x.size(1),
        longer(x.size(2)),
        longer(x.size(3)));
  }

  private static long longer(long size) {
    return size == ANY ? ANY : size + 1;
  }

  /**
   * Appends zeros along the last dimension, as many as {@code like} is long along its dimension 1.
   */
  public static Tensor padLike(Tensor x, Tensor like) {
    long[] result = x.shape();
    long more = like.size(1);
    int last = result.length - 1;
    result[last] = result[last] == ANY || more == ANY ? ANY : result[last] + more;
    String arguments = "[0, torch.size(%s, 1)], 0".formatted(like.variable());
    return x.call("torch.constant_pad_nd", arguments, result);
  }

  /** The exponential of every element. */
  public static Tensor exp(Tensor x) {
    return x.require("exp", DType.FLOAT32).call("torch.exp", "", x.shape());
  }
}
