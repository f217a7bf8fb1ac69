package dev.cascadefarm.diffusion.karlo;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * What a decoder of Karlo's kind hears of embeddings (Ramesh et al. 2022, §2.1): the picture's as
 * extra tokens before the caption's, and the sum of both beside the timestep. Without guidance from
 * a picture, a learned embedding stands for its. Parameters have the names of diffusers' {@code
 * UnCLIPTextProjModel}. Immutable.
 */
public final class TextProjection {
  /**
   * The method: {@code picture (B, D), keep (B), caption (B, D), tokens (B, N, D) -> (B, X + N, E),
   * (B, T)}; keep is 0 where the learned embedding stands for the picture's.
   */
  public static final String PROJECT = "project";

  private final TextProjectionConfig config;

  public TextProjection(TextProjectionConfig config) {
    this.config = config;
  }

  /** A model with the one method; N may differ from call to call. */
  public Graph graph() {
    return new Graph(TextProjectionConfig.CLASS).method(PROJECT, this::project);
  }

  private List<Tensor> project(Method method) {
    Tensor picture = method.input("picture", ANY, config.embedding());
    Tensor keep = method.input("keep", ANY);
    Tensor caption = method.input("caption", ANY, config.embedding());
    Tensor tokens = method.input("tokens", ANY, ANY, config.embedding());
    Tensor seen = seen(method.root(), picture, keep);
    return List.of(tokens(method.root(), seen, tokens), beside(method.root(), seen, caption));
  }

  /** The picture's embedding, or the learned one. */
  public Tensor seen(Scope scope, Tensor picture, Tensor keep) {
    Tensor learned =
        scope
            .parameter(
                "learned_classifier_free_guidance_embeddings",
                Initializer.zeros(),
                config.embedding())
            .reshape(1, config.embedding());
    return keep.greaterThan(0.5).unsqueeze(1).choose(picture, learned);
  }

  /** The decoder's tokens: the picture's, then the caption's. */
  public Tensor tokens(Scope scope, Tensor picture, Tensor tokens) {
    int width = config.tokens();
    int extra = config.extraTokens();
    Tensor more =
        Layers.linear(scope.in("clip_extra_context_tokens_proj"), picture, (long) extra * width)
            .splitLast(width, extra)
            .permute(0, 2, 1); // (B, E, X) -> (B, X, E)
    Tensor projected = Layers.linear(scope.in("encoder_hidden_states_proj"), tokens, width);
    Tensor normed = Layers.layerNorm(scope.in("text_encoder_hidden_states_norm"), projected);
    return Tensor.cat(1, more, normed);
  }

  /** What is added to the decoder's timestep. */
  public Tensor beside(Scope scope, Tensor picture, Tensor caption) {
    Scope own = scope.in("clip_image_embeddings_project_to_time_embeddings");
    return Layers.linear(own, picture, config.time())
        .plus(Layers.linear(scope.in("embedding_proj"), caption, config.time()));
  }
}
