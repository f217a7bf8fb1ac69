package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention.Mixing;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.TransformerBlock;

/**
 * A stack of transformer blocks, all alike.
 *
 * @param width of a token
 * @param layers blocks
 * @param heads of every attention; divides {@code width}
 * @param widening how many times wider the feed-forward parts are inside
 */
public record TowerConfig(int width, int layers, int heads, int widening) {
  private static final double EPSILON = 1e-5;
  private static final MultiHeadAttention.Names PROJECTIONS =
      new MultiHeadAttention.Names("query", "key", "value", "out_proj", false);
  private static final TransformerBlock.Names NAMES =
      new TransformerBlock.Names("ln1", "mha", "ln2", "mlp", "0", "2");

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
   */
  Tensor apply(Scope scope, Tensor x, Mixing mixing) {
    MultiHeadAttention attention = new MultiHeadAttention(PROJECTIONS, heads, width / heads);
    long hidden = (long) widening * width;
    TransformerBlock block = new TransformerBlock(NAMES, attention, hidden, Tensor::gelu, EPSILON);
    Tensor out = x;
    for (int layer = 0; layer < layers; layer++) {
      out = block.apply(scope.in(layer), out, mixing);
    }
    return out;
  }

  /**
   * Attention to what is there.
   *
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   */
  static Mixing seeing(Tensor mask) {
    Tensor visible = mask.greaterThan(0.5).unsqueeze(1).unsqueeze(1);
    return (query, key, value) -> Layers.attention(query, key, value, visible);
  }
}
