package dev.cascadefarm.diffusion.graph;

/**
 * Attention by several heads, with the four linear layers around it. Immutable.
 *
 * @param names of the layers
 * @param heads how many
 * @param headWidth of each; all together need not be as wide as the tokens
 */
public record MultiHeadAttention(Names names, int heads, long headWidth) {
  /**
   * What a model calls its linear layers.
   *
   * @param bias whether they have one
   */
  public record Names(String query, String key, String value, String out, boolean bias) {}

  /** What the heads do with one another: all {@code (B, H, N or M, D)}. */
  @FunctionalInterface
  public interface Mixing {
    /** Each query's mixture of the values. */
    Tensor of(Tensor query, Tensor key, Tensor value);
  }

  /**
   * Lets tokens attend to a context.
   *
   * @param x {@code (B, N, E)}
   * @param context {@code (B, M, F)}, for self-attention {@code x}
   * @return {@code (B, N, E)}
   */
  public Tensor apply(Scope scope, Tensor x, Tensor context, Mixing mixing) {
    Tensor query = split(scope.in(names.query()), x);
    Tensor key = split(scope.in(names.key()), context);
    Tensor value = split(scope.in(names.value()), context);
    Tensor joined = mixing.of(query, key, value).permute(0, 2, 1, 3).joinLast();
    return linear(scope.in(names.out()), joined, x.size(-1));
  }

  /** {@code (B, N, E) -> (B, H, N, D)}. */
  private Tensor split(Scope scope, Tensor x) {
    return linear(scope, x, heads * headWidth).splitLast(heads, headWidth).permute(0, 2, 1, 3);
  }

  /** A linear layer with a bias, or without, as all layers of the model. */
  Tensor linear(Scope scope, Tensor x, long out) {
    return names.bias() ? Layers.linear(scope, x, out) : Layers.linearNoBias(scope, x, out);
  }
}
