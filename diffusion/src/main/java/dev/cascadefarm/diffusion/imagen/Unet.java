package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.imagen.UnetLayers.Condition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * The U-Net of Imagen (Saharia et al. 2022, arXiv 2205.11487, appendix F) in MinImagen's form: its
 * arithmetic, its parameter names. Immutable.
 */
public final class Unet {
  private static final int TIME_TOKENS = 2;
  private static final double SKIP_SCALE = Math.sqrt(0.5);

  private final UnetConfig config;

  public Unet(UnetConfig config) {
    this.config = config;
  }

  public UnetConfig config() {
    return config;
  }

  /**
   * One pass.
   *
   * @return the raw prediction {@code (B, channelsOut, H, W)}
   */
  public Tensor apply(Scope scope, UnetInputs inputs) {
    Condition condition = condition(scope, inputs);
    Tensor x = inputs.x();
    if (config.lowresCond()) {
      x = Tensor.cat(1, x, Objects.requireNonNull(inputs.lowres(), "lowres"));
    }
    x = first(scope.in("init_conv"), x.channelsLast());
    Deque<Tensor> skips = new ArrayDeque<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      x = down(scope.in("downs").in(layer), x, layer, condition, skips);
    }
    x = middle(scope, x, condition);
    for (int layer = config.layers() - 1; layer >= 0; layer--) {
      x = up(scope.in("ups").in(config.layers() - 1 - layer), x, layer, condition, skips);
    }
    x = resnetBlock(scope.in("final_res_block"), x, config.dim(), condition.withoutTokens());
    return last(scope.in("final_conv"), x);
  }

  private Tensor first(Scope scope, Tensor x) {
    return config.patchSize() == 1
        ? UnetLayers.crossEmbed(scope, x, config.dim())
        : Layers.conv2d(scope, Layers.pixelUnshuffle(x, config.patchSize()), config.dim(), 3);
  }

  private Tensor last(Scope scope, Tensor x) {
    int patch = config.patchSize();
    Tensor patches = Layers.conv2d(scope, x, (long) config.channelsOut() * patch * patch, 3);
    return patch == 1 ? patches : Layers.pixelShuffle(patches, patch);
  }

  // ---- conditioning -------------------------------------------------------------------------

  private Condition condition(Scope scope, UnetInputs inputs) {
    Condition time = time(scope, "to_time", inputs.time());
    Tensor vector = time.vector();
    Tensor tokens = Objects.requireNonNull(time.tokens());
    if (config.lowresCond()) {
      Tensor lowresTime = Objects.requireNonNull(inputs.lowresTime(), "lowresTime");
      Condition lowres = time(scope, "to_lowres_time", lowresTime);
      vector = vector.plus(lowres.vector());
      tokens = Tensor.cat(1, tokens, Objects.requireNonNull(lowres.tokens()));
    }
    Tensor text = textTokens(scope, inputs);
    vector = vector.plus(textVector(scope, text, inputs.keep()));
    return new Condition(
        vector, Layers.layerNorm(scope.in("norm_cond"), Tensor.cat(1, tokens, text)));
  }

  private Condition time(Scope scope, String name, Tensor time) {
    Tensor hidden =
        Layers.linear(
                scope.in(name + "_hiddens").in(1),
                UnetLayers.sinusoidal(scope, time, config.dim()),
                config.timeCondDim())
            .silu();
    Tensor vector = Layers.linear(scope.in(name + "_cond").in(0), hidden, config.timeCondDim());
    Tensor tokens =
        Layers.linear(
            scope.in(name + "_tokens").in(0), hidden, (long) config.condDim() * TIME_TOKENS);
    return new Condition(vector, tokens.splitLast(TIME_TOKENS, config.condDim()));
  }

  /** The caption's tokens, with learned ones where there is no word or no caption. */
  private Tensor textTokens(Scope scope, UnetInputs inputs) {
    int length = config.maxTextLen();
    Tensor embedded =
        Layers.linear(scope.in("text_to_cond"), inputs.textEmbeds(), config.condDim());
    Tensor none =
        scope.parameter("null_text_embed", Initializer.normal(1), 1, length, config.condDim());
    Tensor seen = inputs.textMask().times(inputs.keep().unsqueeze(1)).greaterThan(0.5);
    return seen.unsqueeze(2).choose(embedded, none);
  }

  private Tensor textVector(Scope scope, Tensor tokens, Tensor keep) {
    Scope pool = scope.in("to_text_non_attn_cond");
    int width = config.timeCondDim();
    Tensor pooled = Layers.layerNorm(pool.in(0), tokens.mean(1, false));
    Tensor vector =
        Layers.linear(pool.in(3), Layers.linear(pool.in(1), pooled, width).silu(), width);
    Tensor none = scope.parameter("null_text_hidden", Initializer.normal(1), 1, width);
    return keep.greaterThan(0.5).unsqueeze(1).choose(vector, none);
  }

  // ---- trunk --------------------------------------------------------------------------------

  private Tensor down(Scope scope, Tensor in, int layer, Condition condition, Deque<Tensor> skips) {
    int next = config.width(layer + 1);
    Tensor x = config.memoryEfficient() ? UnetLayers.downsample(scope.in(0), in, next) : in;
    int width = config.memoryEfficient() ? next : config.width(layer);
    x = resnetBlock(scope.in(1), x, width, conditionOf(layer, condition));
    for (int block = 0; block < config.numResnetBlocks().get(layer); block++) {
      x = resnetBlock(scope.in(2).in(block), x, width, condition.withoutTokens());
      skips.push(x);
    }
    x = selfAttention(scope.in(3), x, layer);
    skips.push(x);
    if (config.memoryEfficient()) {
      return x;
    }
    return layer < config.layers() - 1
        ? UnetLayers.downsample(scope.in(4), x, next)
        : UnetLayers.parallel(scope.in(4), x, next);
  }

  private Tensor middle(Scope scope, Tensor in, Condition condition) {
    int width = config.width(config.layers());
    Tensor x = resnetBlock(scope.in("mid_block1"), in, width, condition);
    if (config.attendAtMiddle()) {
      Scope attention = scope.in("mid_attn").in("fn").in("fn");
      x = Attentions.selfAttention(attention, x, config.attnHeads(), config.attnDimHead()).plus(x);
    }
    return resnetBlock(scope.in("mid_block2"), x, width, condition);
  }

  private Tensor up(Scope scope, Tensor in, int layer, Condition condition, Deque<Tensor> skips) {
    int width = config.width(layer + 1);
    Tensor x = resnetBlock(scope.in(0), skip(in, skips), width, conditionOf(layer, condition));
    for (int block = 0; block < config.numResnetBlocks().get(layer); block++) {
      x = resnetBlock(scope.in(1).in(block), skip(x, skips), width, condition.withoutTokens());
    }
    x = selfAttention(scope.in(2), x, layer);
    if (layer == 0 && !config.memoryEfficient()) {
      return x;
    }
    return UnetLayers.upsample(scope.in(3), x, config.width(layer));
  }

  private static Tensor skip(Tensor x, Deque<Tensor> skips) {
    return Tensor.cat(1, x, skips.pop().times(SKIP_SCALE));
  }

  private Condition conditionOf(int layer, Condition condition) {
    return config.layerCrossAttns().get(layer) ? condition : condition.withoutTokens();
  }

  private Tensor selfAttention(Scope scope, Tensor x, int layer) {
    return config.layerAttns().get(layer)
        ? Attentions.transformerBlock(scope, x, config.attnHeads(), config.attnDimHead())
        : x;
  }

  private Tensor resnetBlock(Scope scope, Tensor x, long out, Condition condition) {
    return UnetLayers.resnetBlock(scope, x, out, condition, config.attnDimHead());
  }
}
