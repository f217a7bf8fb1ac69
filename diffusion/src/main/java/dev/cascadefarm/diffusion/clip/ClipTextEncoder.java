package dev.cascadefarm.diffusion.clip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * CLIP's text model: a transformer in which a token sees those before it, so that the end token
 * knows the whole caption. Parameters have the paths of Hugging Face's {@code
 * CLIPTextModelWithProjection}. Immutable.
 */
public final class ClipTextEncoder {
  /** The method that encodes: {@code ids (B, N) int64 -> embeds (B, N, E), pooled (B, P)}. */
  public static final String ENCODE = "encode";

  static final String MODEL = "text_model";
  static final String PROJECTION = "text_projection";

  private final ClipTextConfig config;
  private final ClipBlocks blocks;

  public ClipTextEncoder(ClipTextConfig config) {
    this.config = config;
    this.blocks = new ClipBlocks(config);
  }

  /** A model with the one method {@link #ENCODE}; N may differ from call to call. */
  public Graph graph() {
    return new Graph("ClipTextEncoder").method(ENCODE, this::encode);
  }

  private List<Tensor> encode(Method method) {
    Tensor ids = method.input("ids", DType.INT64, ANY, ANY);
    Tensor embeds = embeds(method.root(), ids);
    return List.of(embeds, pooled(method.root(), ids, embeds));
  }

  /**
   * Embeds each token of captions, padding too.
   *
   * @param ids {@code (B, N)} int64, N at most the longest caption
   * @return {@code (B, N, E)}
   */
  public Tensor embeds(Scope scope, Tensor ids) {
    Scope model = scope.in(MODEL);
    Scope embeddings = model.in("embeddings");
    long width = config.hiddenSize();
    Tensor positions =
        embeddings
            .in("position_embedding")
            .parameter("weight", Initializer.normal(1), config.maxPositionEmbeddings(), width);
    Tensor x =
        Layers.embedding(embeddings.in("token_embedding"), ids, config.vocabSize(), width)
            .plus(Layers.rows(positions, ids));
    Tensor seen = blocks.apply(model, x, Layers::causalAttention);
    return blocks.norm(model.in("final_layer_norm"), seen);
  }

  /**
   * A caption's own embedding: that of its end token, projected if the model has a projection.
   *
   * @param ids {@code (B, N)} int64
   * @param embeds of the same captions, {@code (B, N, E)}
   * @return {@code (B, P)}
   */
  public Tensor pooled(Scope scope, Tensor ids, Tensor embeds) {
    Tensor end =
        config.endsAtLargest() ? Layers.largestAt(ids) : Layers.firstAt(ids, config.eosTokenId());
    Tensor pooled = Layers.tokenAt(embeds, end);
    return config.projectionDim() == 0
        ? pooled
        : Layers.linearNoBias(scope.in(PROJECTION), pooled, config.projectionDim());
  }
}
