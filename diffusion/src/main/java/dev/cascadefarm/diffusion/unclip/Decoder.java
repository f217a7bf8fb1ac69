package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.unclip.DecoderLayers.Condition;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The decoder (Ramesh et al. 2022, §2.1): a U-Net that draws the picture of an embedding. The
 * embedding joins the timestep in scaling and shifting, and stands, as a few tokens, beside the
 * caption's in the attention. Where there is no word, no caption or no embedding, learned numbers
 * stand. Immutable.
 */
public final class Decoder {
  private final DecoderConfig config;
  private final DecoderLayers layers;

  public Decoder(DecoderConfig config) {
    this.config = config;
    this.layers = new DecoderLayers(config);
  }

  public DecoderConfig config() {
    return config;
  }

  /**
   * One pass.
   *
   * @return the raw prediction {@code (B, C, H, W)}
   */
  public Tensor apply(Scope scope, DecoderInputs in) {
    Tensor none =
        scope.parameter("null_image_embedding", Initializer.normal(1), 1, config.latentDim());
    Tensor image = in.keepImage().greaterThan(0.5).unsqueeze(1).choose(in.image(), none);
    Tensor tokens = Tensor.cat(1, textTokens(scope, in), imageTokens(scope, image));
    return draw(scope, in.x(), new Condition(vector(scope, in.time(), image), tokens));
  }

  private Tensor textTokens(Scope scope, DecoderInputs in) {
    int width = config.latentDim();
    Tensor none =
        scope.parameter("null_text_tokens", Initializer.normal(1), 1, config.maxTextLen(), width);
    Tensor seen = in.mask().times(in.keepText().unsqueeze(1)).greaterThan(0.5).unsqueeze(2);
    return seen.choose(Layers.linear(scope.in("text_projection"), in.encodings(), width), none);
  }

  /** The embedding as tokens {@code (B, imageTokens, D)}. */
  Tensor imageTokens(Scope scope, Tensor image) {
    return Layers.linear(scope.in("get_img_tokens"), image.unsqueeze(2), config.imageTokens())
        .permute(0, 2, 1);
  }

  /** What scales and shifts {@code (B, condDim)}. */
  Tensor vector(Scope scope, Tensor time, Tensor image) {
    int width = config.condDim();
    Scope clock = scope.in("time_mlp");
    Tensor waves = TimeEmbedding.sinusoidal(clock, time, config.dim());
    Tensor when = TimeEmbedding.mlp(clock.in(1), clock.in(3), waves, width, width);
    Scope what = scope.in("img_projection");
    return when.plus(TimeEmbedding.mlp(what.in(0), what.in(2), image, width, width));
  }

  /** The U-Net. */
  Tensor draw(Scope scope, Tensor picture, Condition condition) {
    Deque<Tensor> skips = new ArrayDeque<>();
    Tensor x = Layers.conv2d(scope.in("in_conv"), picture.channelsLast(), config.dim(), 3);
    x = encode(scope.in("encoder"), x, condition, skips);
    x = middle(scope.in("bottleneck"), x, condition);
    x = decode(scope.in("decoder"), x, condition, skips);
    Scope output = scope.in("output");
    Tensor normed = Layers.groupNorm(output.in(0), x, config.groups()).silu();
    return Layers.conv2d(output.in(2), normed, config.channels(), 3);
  }

  private Tensor encode(Scope scope, Tensor in, Condition condition, Deque<Tensor> skips) {
    Tensor x = in;
    int index = 0;
    for (int level = 0; level < config.levels(); level++) {
      for (int block = 0; block < config.blocks(); block++) {
        x = layers.residual(scope.in(index++), x, config.width(level), condition);
        skips.push(x);
        if (config.attends(level)) {
          x = layers.attention(scope.in(index++), x, condition);
        }
      }
      if (level < config.levels() - 1) {
        x = DecoderLayers.downsample(scope.in(index++), x);
      }
    }
    return x;
  }

  private Tensor middle(Scope scope, Tensor in, Condition condition) {
    Tensor x = in;
    for (int block = 0; block < config.blocks(); block++) {
      if (block > 0) {
        x = layers.attention(scope.in(2 * block - 1), x, condition);
      }
      x = layers.residual(scope.in(2 * block), x, in.size(1), condition);
    }
    return x;
  }

  private Tensor decode(Scope scope, Tensor in, Condition condition, Deque<Tensor> skips) {
    Tensor x = in;
    int index = 0;
    for (int level = config.levels() - 1; level >= 0; level--) {
      for (int block = 0; block < config.blocks(); block++) {
        Tensor joined = Tensor.cat(1, x, skips.pop());
        x = layers.residual(scope.in(index++), joined, config.width(level), condition);
        if (config.attends(level)) {
          x = layers.attention(scope.in(index++), x, condition);
        }
      }
      if (level > 0) {
        x = DecoderLayers.upsample(scope.in(index++), x, config.width(level - 1));
      }
    }
    return x;
  }
}
