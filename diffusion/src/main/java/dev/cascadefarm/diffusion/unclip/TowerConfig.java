package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.TransformerBlock;
import org.jspecify.annotations.Nullable;

/**
 * A stack of transformer blocks, all alike.
 *
 * @param width of a token
 * @param layers blocks
 * @param heads of every attention; divides {@code width}
 * @param widening how many times wider the feed-forward parts are inside
 */
public record TowerConfig(int width, int layers, int heads, int widening) {
  private static final TransformerBlock.Names NAMES =
      new TransformerBlock.Names(
          "ln1", "mha.query", "mha.key", "mha.value", "mha.out_proj", "ln2", "mlp.0", "mlp.2");

  public TowerConfig {
    if (width < 1 || layers < 1 || heads < 1 || widening < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "transformer: %d wide, %d layers, %d heads, widening %d (expected: all >= 1, width a multiple of heads)"
              .formatted(width, layers, heads, widening));
    }
  }

  /** Four times wider inside. */
  public TowerConfig(int width, int layers, int heads) {
    this(width, layers, heads, 4);
  }

  /**
   * The blocks, one after the other.
   *
   * @param x {@code (B, N, width)}
   * @param visible which key a query sees, bool, broadcasts to {@code (B, heads, N, N)}; absent
   *     where all see all
   */
  Tensor apply(Scope scope, Tensor x, @Nullable Tensor visible) {
    TransformerBlock block = new TransformerBlock(NAMES, heads, widening, false);
    Tensor out = x;
    for (int layer = 0; layer < layers; layer++) {
      out = block.apply(scope.in(layer), out, visible);
    }
    return out;
  }
}
