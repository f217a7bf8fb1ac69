package dev.cascadefarm.diffusion.karlo;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.diffusers.TimeWaves;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * A prior of Karlo's kind (Ramesh et al. 2022, §2.2): a transformer that reads a caption's tokens,
 * its embedding, the timestep and a picture's noisy embedding, each token seeing those before it,
 * and predicts the clean embedding. Parameters have the names of diffusers' {@code
 * PriorTransformer}. Immutable.
 */
public final class PriorTransformer {
  /**
   * The method that predicts: {@code x (B, D), time (B), embedding (B, P), tokens (B, N, D), mask
   * (B, N) -> (B, O)}.
   */
  public static final String PREDICT = "predict";

  /** The method that makes an embedding of a clean x: {@code x (B, O) -> (B, O)}. */
  public static final String FINISH = "finish";

  private static final MultiHeadAttention.Names NAMES =
      new MultiHeadAttention.Names("to_q", "to_k", "to_v", "to_out.0", true);

  /** Added to the logit of a token that is not seen. */
  private static final double HIDDEN = -10_000;

  private static final int WIDENING = 4;

  private final PriorTransformerConfig config;

  public PriorTransformer(PriorTransformerConfig config) {
    this.config = config;
  }

  /** A model with both methods. */
  public Graph graph() {
    return new Graph(PriorTransformerConfig.CLASS)
        .method(PREDICT, this::predict)
        .method(FINISH, this::finish);
  }

  private List<Tensor> predict(Method method) {
    Tensor x = method.input("x", ANY, config.embedding());
    Tensor time = method.input("time", ANY);
    Tensor embedding = method.input("embedding", ANY, config.projection());
    Tensor tokens = method.input("tokens", ANY, config.tokens(), config.embedding());
    Tensor mask = method.input("mask", ANY, config.tokens());
    return List.of(apply(method.root(), new Inputs(x, time, embedding, tokens, mask)));
  }

  private List<Tensor> finish(Method method) {
    return List.of(finished(method.root(), method.input("x", ANY, config.out())));
  }

  /**
   * What one pass takes.
   *
   * @param x a picture's noisy embedding {@code (B, D)}
   * @param time timestep {@code (B)}
   * @param embedding of the caption {@code (B, P)}
   * @param tokens of the caption {@code (B, N, D)}
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   */
  public record Inputs(Tensor x, Tensor time, Tensor embedding, Tensor tokens, Tensor mask) {}

  /** The predicted clean x {@code (B, O)}. */
  public Tensor apply(Scope scope, Inputs in) {
    int width = config.width();
    Tensor all = tokens(scope, in);
    Tensor position =
        scope.parameter("positional_embedding", Initializer.zeros(), 1, config.length(), width);
    Tensor x = all.plus(position);
    x = config.normsInput() ? Layers.layerNorm(scope.in("norm_in"), x) : x;
    Tensor shift = shift(scope, in.mask());
    for (int i = 0; i < config.layers(); i++) {
      x = layer(scope.in("transformer_blocks").in(i), x, shift);
    }
    Tensor normed = Layers.layerNorm(scope.in("norm_out"), x);
    Tensor last = normed.narrow(1, config.length() - 1, 1).reshape(ANY, width);
    return Layers.linear(scope.in("proj_to_clip_embeddings"), last, config.out());
  }

  /** The embedding of a picture that a clean x stands for. */
  public Tensor finished(Scope scope, Tensor x) {
    Tensor std = scope.parameter("clip_std", Initializer.ones(), 1, config.out());
    Tensor mean = scope.parameter("clip_mean", Initializer.zeros(), 1, config.out());
    return x.times(std).plus(mean);
  }

  private Tensor tokens(Scope scope, Inputs in) {
    int width = config.width();
    Tensor embedding =
        config.normsProjection()
            ? Layers.layerNorm(scope.in("embedding_proj_norm"), in.embedding())
            : in.embedding();
    Tensor caption = Layers.linear(scope.in("encoder_hidden_states_proj"), in.tokens(), width);
    Tensor projected = Layers.linear(scope.in("embedding_proj"), embedding, width).unsqueeze(1);
    Tensor time = time(scope, in.time()).unsqueeze(1);
    Tensor x = Layers.linear(scope.in("proj_in"), in.x(), width).unsqueeze(1);
    if (!config.asks()) {
      return Tensor.cat(1, caption, projected, time, x);
    }
    Tensor question = scope.parameter("prd_embedding", Initializer.zeros(), 1, 1, width);
    return Tensor.cat(1, caption, projected, time, x, question.expandLike(x));
  }

  private Tensor time(Scope scope, Tensor time) {
    Scope own = scope.in("time_embedding");
    Tensor waves = new TimeWaves(config.width(), true, 0).apply(scope, time);
    Tensor hidden = Layers.linear(own.in("linear_1"), waves, config.timeWidth());
    Tensor bent = config.timeActivation().apply(hidden);
    return Layers.linear(own.in("linear_2"), bent, config.width());
  }

  /** What is added to the logits {@code (B, 1, M, M)}: for padding, and for what comes later. */
  private Tensor shift(Scope scope, Tensor mask) {
    int length = config.length();
    double[] later = new double[length * length];
    for (int query = 0; query < length; query++) {
      for (int key = query + 1; key < length; key++) {
        later[query * length + key] = HIDDEN;
      }
    }
    Tensor causal = scope.constant("later", later, 1, 1, length, length);
    Tensor padding = mask.negate().plus(1).times(HIDDEN);
    Tensor others = mask.narrow(1, 0, 1).times(0);
    Tensor[] parts = new Tensor[1 + length - config.tokens()];
    parts[0] = padding;
    for (int i = 1; i < parts.length; i++) {
      parts[i] = others;
    }
    return Tensor.cat(1, parts).unsqueeze(1).unsqueeze(1).plus(causal);
  }

  private Tensor layer(Scope scope, Tensor tokens, Tensor shift) {
    Tensor normed = Layers.layerNorm(scope.in("norm1"), tokens);
    MultiHeadAttention attention =
        new MultiHeadAttention(NAMES, config.heads(), config.headWidth());
    Tensor x =
        attention
            .apply(
                scope.in("attn1"),
                normed,
                normed,
                (query, key, value) -> Layers.shiftedAttention(query, key, value, shift))
            .plus(tokens);
    Scope net = scope.in("ff").in("net");
    long width = config.width();
    Tensor hidden =
        Layers.linear(
            net.in(0).in("proj"), Layers.layerNorm(scope.in("norm3"), x), WIDENING * width);
    return Layers.linear(net.in(2), hidden.gelu(), width).plus(x);
  }
}
