package dev.cascadefarm.diffusion.t5;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * The encoder of T5: no positions but a bias that depends on distance, norms without mean or shift,
 * attention without scale. Parameters have the paths of Hugging Face's {@code T5EncoderModel}.
 * Immutable.
 */
public final class T5Encoder {
  /** The method that encodes: {@code ids (B, N) int64, mask (B, N) -> embeds (B, N, E)}. */
  public static final String ENCODE = "encode";

  private static final MultiHeadAttention.Names PROJECTIONS =
      new MultiHeadAttention.Names("q", "k", "v", "o", false);

  private final T5TextConfig config;

  public T5Encoder(T5TextConfig config) {
    this.config = config;
  }

  /** A model with the one method {@link #ENCODE}; N may differ from call to call. */
  public Graph graph() {
    return new Graph("T5Encoder").method(ENCODE, this::encode);
  }

  private List<Tensor> encode(Method method) {
    Tensor ids = method.input("ids", DType.INT64, ANY, ANY);
    Tensor mask = method.input("mask", ANY, ANY);
    return List.of(apply(method.root(), ids, mask));
  }

  /**
   * Embeds captions; padding gives zeros, or what the convention says.
   *
   * @param ids {@code (B, N)} int64, N at most the longest caption
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   * @return {@code (B, N, E)}
   */
  public Tensor apply(Scope scope, Tensor ids, Tensor mask) {
    T5Config t5 = config.t5();
    Tensor x = Layers.embedding(scope.in("shared"), ids, t5.vocabSize(), t5.dModel());
    Scope encoder = scope.in("encoder");
    Tensor bias = positionBias(encoder, ids).plus(hidden(mask));
    for (int layer = 0; layer < t5.numLayers(); layer++) {
      Scope block = encoder.in("block").in(layer).in("layer");
      Scope attention = block.in(0);
      Scope feedForward = block.in(1);
      x = x.plus(attention(attention.in("SelfAttention"), norm(attention, "layer_norm", x), bias));
      x = x.plus(feedForward(feedForward, norm(feedForward, "layer_norm", x)));
    }
    Tensor embeds = norm(encoder, "final_layer_norm", x);
    return config.convention() == T5Convention.DEEPFLOYD ? embeds : embeds.times(mask.unsqueeze(2));
  }

  /** Shared by all blocks though the first owns it: {@code (1, H, N, N)}. */
  private Tensor positionBias(Scope encoder, Tensor ids) {
    T5Config t5 = config.t5();
    int longest = config.maxTextLen();
    int buckets = t5.relativeAttentionNumBuckets();
    RelativePositions positions = new RelativePositions(buckets, t5.relativeAttentionMaxDistance());
    Tensor table =
        encoder.constant("relative_position_buckets", positions.table(longest), longest, longest);
    Scope owner = encoder.in("block").in(0).in("layer").in(0).in("SelfAttention");
    return Layers.embedding(
            owner.in("relative_attention_bias"),
            Layers.corner(table, ids).toInt64(),
            buckets,
            t5.numHeads())
        .permute(2, 0, 1)
        .unsqueeze(0);
  }

  /** 0 for a token, the lowest number for padding: {@code (B, 1, 1, N)}. */
  private static Tensor hidden(Tensor mask) {
    return mask.times(Float.MAX_VALUE).plus(-Float.MAX_VALUE).unsqueeze(1).unsqueeze(1);
  }

  private Tensor norm(Scope scope, String name, Tensor x) {
    Tensor weight = scope.in(name).parameter("weight", Initializer.ones(), config.t5().dModel());
    Tensor size = x.square().mean(-1, true).plus(config.t5().layerNormEpsilon()).sqrt();
    return x.over(size).times(weight);
  }

  private Tensor attention(Scope scope, Tensor x, Tensor bias) {
    T5Config t5 = config.t5();
    return new MultiHeadAttention(PROJECTIONS, t5.numHeads(), t5.dKv())
        .apply(scope, x, x, (query, key, value) -> Layers.biasedAttention(query, key, value, bias));
  }

  private Tensor feedForward(Scope layer, Tensor x) {
    Scope scope = layer.in("DenseReluDense");
    long width = config.t5().dFf();
    Tensor hidden =
        config.t5().gated()
            ? Layers.geluTanh(Layers.linearNoBias(scope.in("wi_0"), x, width))
                .times(Layers.linearNoBias(scope.in("wi_1"), x, width))
            : Layers.linearNoBias(scope.in("wi"), x, width).atLeast(0);
    return Layers.linearNoBias(scope.in("wo"), hidden, config.t5().dModel());
  }
}
