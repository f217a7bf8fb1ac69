package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.TimeWaves;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes of time, tokens and labels what steers the blocks. Immutable. */
final class Conditioning {
  /** Added to the logit of a token that is not seen. */
  private static final double HIDDEN = -10_000;

  private final TimeConfig time;
  private final LabelConfig labels;
  private final @Nullable TextConfig text;

  Conditioning(Unet2dConfig config) {
    this.time = config.time();
    this.labels = config.labels();
    this.text = config.text();
  }

  Conditions apply(Scope scope, Unet2dInputs inputs) {
    Tensor embedding = embedding(scope, inputs);
    if (text == null) {
      return new Conditions(last(embedding), null, null);
    }
    Tensor tokens = Objects.requireNonNull(inputs.tokens(), "tokens");
    if (text.poolingHeads() > 0) {
      embedding = embedding.plus(pooled(scope.in("add_embedding"), tokens, text.poolingHeads()));
    }
    Tensor seen =
        text.projection() > 0
            ? Layers.linear(scope.in("encoder_hid_proj"), tokens, text.projection())
            : tokens;
    return new Conditions(last(embedding), seen, shift(inputs.mask()));
  }

  private Tensor last(Tensor embedding) {
    return time.last() == null ? embedding : time.last().apply(embedding);
  }

  private static @Nullable Tensor shift(@Nullable Tensor mask) {
    return mask == null
        ? null
        : mask.negate().plus(1).times(HIDDEN).unsqueeze(1).unsqueeze(1); // (B, 1, 1, N)
  }

  // ---- time and labels ----------------------------------------------------------------------

  private Tensor embedding(Scope scope, Unet2dInputs inputs) {
    Tensor embedding =
        projected(scope.in("time_embedding"), waves(scope, inputs.time()), time.activation());
    embedding = time.after() == null ? embedding : time.after().apply(embedding);
    if (labels.kind() == LabelConfig.Kind.NONE) {
      return embedding;
    }
    Tensor label = label(scope, Objects.requireNonNull(inputs.labels(), "labels"));
    return labels.appended() ? Tensor.cat(1, embedding, label) : embedding.plus(label);
  }

  private Tensor label(Scope scope, Tensor label) {
    Scope own = scope.in("class_embedding");
    return switch (labels.kind()) {
      case NONE -> throw scope.error("labels (expected: none)");
      case CLASS -> Layers.embedding(own, label.toInt64(), labels.size(), time.width());
      case TIMESTEP -> projected(own, waves(scope, label), labels.activation());
      case PROJECTION -> projected(own, label, labels.activation());
      case SIMPLE_PROJECTION -> Layers.linear(own, label, time.width());
      case IDENTITY -> label;
    };
  }

  private Tensor projected(Scope scope, Tensor x, Activation activation) {
    Tensor hidden = activation.apply(Layers.linear(scope.in("linear_1"), x, time.width()));
    return Layers.linear(scope.in("linear_2"), hidden, time.width());
  }

  /** {@code (B) -> (B, waves)}. */
  private Tensor waves(Scope scope, Tensor numbers) {
    return new TimeWaves(time.waves(), time.cosinesFirst(), time.frequencyShift())
        .apply(scope, numbers);
  }

  // ---- text ---------------------------------------------------------------------------------

  /** One query, the mean of the tokens, attends to itself and all of them. */
  private Tensor pooled(Scope scope, Tensor tokens, int heads) {
    long width = tokens.size(-1);
    Scope pool = scope.in("pool");
    Tensor position =
        pool.parameter(
            "positional_embedding", Initializer.normal(1 / Math.sqrt((double) width)), 1, width);
    Tensor normed = Layers.layerNorm(scope.in("norm1"), tokens);
    Tensor mean = normed.mean(1, true).plus(position);
    Tensor all = Tensor.cat(1, mean, normed);
    Tensor query = Layers.splitHeads(Layers.linear(pool.in("q_proj"), mean, width), heads);
    Tensor key = Layers.splitHeads(Layers.linear(pool.in("k_proj"), all, width), heads);
    Tensor value = Layers.splitHeads(Layers.linear(pool.in("v_proj"), all, width), heads);
    Tensor joined = Layers.joinHeads(Layers.attention(query, key, value)); // (B, 1, E)
    Tensor pooled = joined.reshape(joined.size(0), width);
    Tensor projected = Layers.linear(scope.in("proj"), pooled, time.width());
    return Layers.layerNorm(scope.in("norm2"), projected);
  }
}
