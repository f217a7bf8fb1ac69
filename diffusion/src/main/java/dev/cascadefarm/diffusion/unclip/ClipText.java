package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.Vectors;

/** The half of a {@link Clip} that reads captions; a caption's last token speaks for it. */
record ClipText(ClipConfig config) {
  /**
   * Every token in its context.
   *
   * @param ids {@code (B, N)} int64
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   * @return {@code (B, N, E)}
   */
  Tensor encodings(Scope scope, Tensor ids, Tensor mask) {
    int width = config.text().width();
    Initializer small = Initializer.normal(1 / Math.sqrt(width));
    Tensor words = Layers.embedding(scope.in("encoder_embedding"), ids, config.vocabSize(), width);
    Tensor x =
        words.plus(scope.parameter("positional_encodings", small, config.maxTextLen(), width));
    x = config.text().apply(scope.in("encoder"), x, TowerConfig.seeing(mask));
    return Layers.layerNorm(scope.in("final_ln"), x);
  }

  /**
   * The embedding of a caption, of any length.
   *
   * @param encodings {@code (B, N, E)}
   * @param mask {@code (B, N)}, the tokens first, at least one
   * @return {@code (B, D)}
   */
  Tensor embedding(Scope scope, Tensor encodings, Tensor mask) {
    int width = config.text().width();
    Tensor last = Vectors.matmul(last(mask).unsqueeze(1), encodings).reshape(ANY, width);
    return Vectors.matmul(
        last,
        scope.parameter(
            "projection", Initializer.normal(1 / Math.sqrt(width)), width, config.latentDim()));
  }

  /** 1 where the next token is padding, {@code (B, N)}. */
  private Tensor last(Tensor mask) {
    Tensor none = mask.narrow(1, 0, 1).times(0);
    Tensor next =
        config.maxTextLen() == 1
            ? none
            : Tensor.cat(1, mask.narrow(1, 1, config.maxTextLen() - 1L), none);
    return mask.minus(next);
  }
}
