package dev.cascadefarm.diffusion.graph;

/** Arithmetic on rows of vectors, for models that compare them. */
public final class Vectors {
  private Vectors() {}

  /** The matrix product {@code (…, N, K)·(…, K, M) -> (…, N, M)}; leading dimensions broadcast. */
  public static Tensor matmul(Tensor a, Tensor b) {
    a.require("matmul", DType.FLOAT32);
    b.require("matmul", DType.FLOAT32);
    long inner = a.size(-1);
    long rows = b.size(-2);
    if (inner != Tensor.ANY && rows != Tensor.ANY && inner != rows) {
      throw a.mismatch("matmul", b.shape());
    }
    long[] result = a.rank() >= b.rank() ? a.shape() : b.shape();
    result[result.length - 2] = a.size(-2);
    result[result.length - 1] = b.size(-1);
    return a.call("torch.matmul", b.variable(), result);
  }

  /** Scales the vectors along the last dimension to Euclidean length 1; zeros stay zeros. */
  public static Tensor normalized(Tensor x) {
    long[] lengths = x.require("normalized", DType.FLOAT32).shape();
    lengths[lengths.length - 1] = 1;
    return x.over(x.call("torch.norm", "2, [-1], True", lengths).atLeast(1e-12));
  }

  /** e to the power of every element. */
  public static Tensor exp(Tensor x) {
    return x.call("torch.exp", "", x.shape());
  }

  /** ln Σ exp over one dimension, which goes. */
  public static Tensor logSumExp(Tensor x, int dimension) {
    return x.call(
        "torch.logsumexp",
        "[%d], False".formatted(dimension),
        Shapes.reduced(x.shape(), dimension, false));
  }
}
