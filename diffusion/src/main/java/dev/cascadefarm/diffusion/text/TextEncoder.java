package dev.cascadefarm.diffusion.text;

import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention.Mixing;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.TransformerBlock;
import java.util.List;

/**
 * A bidirectional transformer encoder (Vaswani et al. 2017) with learned positions and
 * normalisation before each sub-layer. Immutable.
 */
public final class TextEncoder {
  /** The method that encodes: {@code ids (B, N) int64, mask (B, N) -> embeds (B, N, E)}. */
  public static final String ENCODE = "encode";

  private static final double EMBEDDING_SCALE = 0.1;
  private static final int WIDENING = 4;
  private static final double EPSILON = 1e-5;
  private static final MultiHeadAttention.Names PROJECTIONS =
      new MultiHeadAttention.Names("to_q", "to_k", "to_v", "to_out", true);
  private static final TransformerBlock.Names NAMES =
      new TransformerBlock.Names("norm1", "attn", "norm2", "ff", "up", "down");

  private final TextEncoderConfig config;

  public TextEncoder(TextEncoderConfig config) {
    this.config = config;
  }

  public TextEncoderConfig config() {
    return config;
  }

  /** A model with the one method {@link #ENCODE}. */
  public Graph graph() {
    return new Graph("TextEncoder").method(ENCODE, this::encode);
  }

  private List<Tensor> encode(Method method) {
    return List.of(apply(method.root(), ids(method), mask(method)));
  }

  Tensor ids(Method method) {
    return method.input("ids", DType.INT64, Tensor.ANY, config.maxTextLen());
  }

  Tensor mask(Method method) {
    return method.input("mask", Tensor.ANY, config.maxTextLen());
  }

  /**
   * Embeds a caption; padding gives zeros.
   *
   * @param ids {@code (B, N)} int64
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   * @return {@code (B, N, E)}
   */
  public Tensor apply(Scope scope, Tensor ids, Tensor mask) {
    Tensor visible = mask.greaterThan(0.5).unsqueeze(1).unsqueeze(1);
    Tensor positions =
        scope.parameter(
            "positions", Initializer.normal(EMBEDDING_SCALE), config.maxTextLen(), config.width());
    Tensor x =
        Layers.embedding(scope.in("tokens"), ids, config.vocabSize(), config.width())
            .plus(positions);
    for (int layer = 0; layer < config.layers(); layer++) {
      x = block().apply(scope.in("layers").in(layer), x, seeing(visible));
    }
    return Layers.layerNorm(scope.in("norm"), x).times(mask.unsqueeze(2));
  }

  private TransformerBlock block() {
    MultiHeadAttention attention =
        new MultiHeadAttention(PROJECTIONS, config.heads(), config.width() / config.heads());
    long hidden = (long) WIDENING * config.width();
    return new TransformerBlock(NAMES, attention, hidden, Tensor::gelu, EPSILON);
  }

  private static Mixing seeing(Tensor visible) {
    return (query, key, value) -> Layers.attention(query, key, value, visible);
  }

  /** Learned queries attend to a caption; what {@link PictureRegression} reads it with. */
  Tensor read(Scope scope, Tensor queries, Tensor embeds, Tensor mask) {
    Tensor visible = mask.greaterThan(0.5).unsqueeze(1).unsqueeze(1);
    return block().apply(scope, queries, embeds, seeing(visible));
  }
}
