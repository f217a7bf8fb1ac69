package dev.cascadefarm.diffusion.text;

import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
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
      Scope block = scope.in("layers").in(layer);
      x = x.plus(attention(block.in("attn"), Layers.layerNorm(block.in("norm1"), x), visible));
      x = x.plus(feedForward(block.in("ff"), Layers.layerNorm(block.in("norm2"), x)));
    }
    return Layers.layerNorm(scope.in("norm"), x).times(mask.unsqueeze(2));
  }

  private Tensor attention(Scope scope, Tensor x, Tensor visible) {
    Tensor query = heads(Layers.linear(scope.in("to_q"), x, config.width()));
    Tensor key = heads(Layers.linear(scope.in("to_k"), x, config.width()));
    Tensor value = heads(Layers.linear(scope.in("to_v"), x, config.width()));
    return out(scope, Layers.attention(query, key, value, visible));
  }

  /** {@code (B, N, E) -> (B, heads, N, D)}. */
  private Tensor heads(Tensor x) {
    return x.splitLast(config.heads(), config.width() / config.heads()).permute(0, 2, 1, 3);
  }

  private Tensor out(Scope scope, Tensor attended) {
    Tensor joined = attended.permute(0, 2, 1, 3).joinLast();
    return Layers.linear(scope.in("to_out"), joined, config.width());
  }

  private Tensor feedForward(Scope scope, Tensor x) {
    Tensor hidden = Layers.linear(scope.in("up"), x, (long) WIDENING * config.width()).gelu();
    return Layers.linear(scope.in("down"), hidden, config.width());
  }

  /** Learned queries attend to a caption; what {@link PictureRegression} reads it with. */
  Tensor read(Scope scope, Tensor queries, Tensor embeds, Tensor mask) {
    Tensor visible = mask.greaterThan(0.5).unsqueeze(1).unsqueeze(1);
    Tensor normed = Layers.layerNorm(scope.in("norm1"), queries);
    Scope attn = scope.in("attn");
    Tensor query = heads(Layers.linear(attn.in("to_q"), normed, config.width()));
    Tensor key = heads(Layers.linear(attn.in("to_k"), embeds, config.width()));
    Tensor value = heads(Layers.linear(attn.in("to_v"), embeds, config.width()));
    Tensor x = queries.plus(out(attn, Layers.attention(query, key, value, visible)));
    return x.plus(feedForward(scope.in("ff"), Layers.layerNorm(scope.in("norm2"), x)));
  }
}
