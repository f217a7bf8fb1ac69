package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * The diffusion prior (Ramesh et al. 2022, §2.2): a transformer that reads a caption, its
 * embedding, the timestep and a picture's noisy embedding, each token seeing those before it, and
 * predicts the clean embedding at a learned last token. Where there is no word, or no caption,
 * learned tokens stand. Immutable.
 */
public final class DiffusionPrior {
  private final PriorConfig config;

  public DiffusionPrior(PriorConfig config) {
    this.config = config;
  }

  public PriorConfig config() {
    return config;
  }

  /**
   * One pass.
   *
   * @return the predicted clean embedding {@code (B, D)}, of any length
   */
  public Tensor apply(Scope scope, PriorInputs in) {
    int width = config.tower().width();
    Tensor caption = Layers.linear(scope.in("text_tokens"), in.encodings(), width);
    Tensor text = Layers.linear(scope.in("text_projection"), in.text(), width).unsqueeze(1);
    Tensor seen = in.mask().times(in.keep().unsqueeze(1)).greaterThan(0.5).unsqueeze(2);
    Tensor kept = in.keep().greaterThan(0.5).unsqueeze(1).unsqueeze(2);
    Tensor x = Layers.linear(scope.in("image_projection"), in.x(), width).unsqueeze(1);
    Tensor tokens =
        Tensor.cat(
            1,
            seen.choose(caption, none(scope, "null_text_tokens", config.maxTextLen())),
            kept.choose(text, none(scope, "null_text_embedding", 1)),
            time(scope, in.time()).unsqueeze(1),
            x);
    return predict(scope, tokens);
  }

  private Tensor none(Scope scope, String name, int tokens) {
    return scope.parameter(name, Initializer.normal(1), 1, tokens, config.tower().width());
  }

  /** The timestep as a token {@code (B, width)}. */
  Tensor time(Scope scope, Tensor time) {
    int width = config.tower().width();
    Scope mlp = scope.in("time_mlp");
    Tensor waves = TimeEmbedding.sinusoidal(mlp, time, width);
    long hidden = (long) width * config.tower().widening();
    Tensor x = Layers.linearNoBias(mlp.in(1), waves, hidden).silu();
    return Layers.linearNoBias(mlp.in(3), x, width);
  }

  /** Asks with the learned token what comes after {@code tokens (B, n, width)}. */
  Tensor predict(Scope scope, Tensor tokens) {
    int width = config.tower().width();
    Tensor query =
        scope.parameter("learned_embedding", Initializer.normal(1), width).reshape(1, 1, width);
    Tensor all = Tensor.cat(1, tokens, query.expandLike(tokens));
    Tensor x = config.tower().apply(scope.in("decoder"), all, Layers::causalAttention);
    Scope output = scope.in("output");
    Tensor last = x.narrow(1, all.size(1) - 1, 1).reshape(ANY, width);
    return Layers.linearNoBias(
        output.in(1), Layers.layerNorm(output.in(0), last), config.latentDim());
  }
}
