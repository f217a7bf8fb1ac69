package dev.cascadefarm.diffusion.graph;

import dev.cascadefarm.diffusion.graph.MultiHeadAttention.Mixing;
import java.util.function.UnaryOperator;

/**
 * A block of a transformer that normalises before attention and before the feed-forward layers, and
 * adds both to what came in. All its linear layers have a bias, or none has. Immutable.
 *
 * @param names of its parts
 * @param hidden width between the feed-forward layers
 * @param activation between them
 * @param epsilon keeps the norms from dividing by zero
 */
public record TransformerBlock(
    Names names,
    MultiHeadAttention attention,
    long hidden,
    UnaryOperator<Tensor> activation,
    double epsilon) {
  /**
   * What a model calls the parts.
   *
   * @param feedForward holds {@code up} and {@code down}
   */
  public record Names(
      String norm1, String attention, String norm2, String feedForward, String up, String down) {}

  /** Lets tokens {@code (B, N, E)} attend to each other. */
  public Tensor apply(Scope scope, Tensor x, Mixing mixing) {
    Tensor normed = Layers.layerNorm(scope.in(names.norm1()), x, epsilon);
    return rest(scope, x.plus(attend(scope, normed, normed, mixing)));
  }

  /**
   * Lets tokens {@code (B, N, E)} attend to a context {@code (B, M, F)}, which is not normalised.
   */
  public Tensor apply(Scope scope, Tensor x, Tensor context, Mixing mixing) {
    Tensor normed = Layers.layerNorm(scope.in(names.norm1()), x, epsilon);
    return rest(scope, x.plus(attend(scope, normed, context, mixing)));
  }

  private Tensor attend(Scope scope, Tensor x, Tensor context, Mixing mixing) {
    return attention.apply(scope.in(names.attention()), x, context, mixing);
  }

  private Tensor rest(Scope scope, Tensor x) {
    Tensor normed = Layers.layerNorm(scope.in(names.norm2()), x, epsilon);
    Scope layers = scope.in(names.feedForward());
    Tensor wide = activation.apply(attention.linear(layers.in(names.up()), normed, hidden));
    return x.plus(attention.linear(layers.in(names.down()), wide, x.size(-1)));
  }
}
