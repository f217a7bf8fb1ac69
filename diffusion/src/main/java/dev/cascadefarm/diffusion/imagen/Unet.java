package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The U-Net of Imagen (Saharia et al. 2022, arXiv 2205.11487, appendix F) in MinImagen's form: its
 * arithmetic, its parameter names. Immutable.
 */
public final class Unet {
  private static final int TIME_TOKENS = 2;
  private static final double SKIP_SCALE = Math.sqrt(0.5);
  private static final int[] FIRST_KERNELS = {3, 7, 15};

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
    x = firstConvolution(scope.in("init_conv"), x);
    Deque<Tensor> skips = new ArrayDeque<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      x = down(scope.in("downs").in(layer), x, layer, condition, skips);
    }
    x = middle(scope, x, condition);
    for (int layer = config.layers() - 1; layer >= 0; layer--) {
      x = up(scope.in("ups").in(config.layers() - 1 - layer), x, layer, condition, skips);
    }
    x = resnetBlock(scope.in("final_res_block"), x, config.dim(), condition.withoutTokens());
    return Layers.conv2d(scope.in("final_conv"), x, config.channelsOut(), 3);
  }

  /**
   * What steers the blocks.
   *
   * @param vector scales and shifts them, {@code (B, D)}
   * @param tokens what they attend to, {@code (B, N, E)}; absent where they do not
   */
  private record Condition(Tensor vector, @Nullable Tensor tokens) {
    Condition withoutTokens() {
      return new Condition(vector, null);
    }
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
                scope.in(name + "_hiddens").in(1), sinusoidal(scope, time), config.timeCondDim())
            .silu();
    Tensor vector = Layers.linear(scope.in(name + "_cond").in(0), hidden, config.timeCondDim());
    Tensor tokens =
        Layers.linear(
            scope.in(name + "_tokens").in(0), hidden, (long) config.condDim() * TIME_TOKENS);
    return new Condition(vector, tokens.splitLast(TIME_TOKENS, config.condDim()));
  }

  /** Vaswani et al. 2017, §3.5: sines then cosines, {@code (B) -> (B, dim)}. */
  private Tensor sinusoidal(Scope scope, Tensor time) {
    int half = config.dim() / 2;
    double[] frequencies =
        IntStream.range(0, half)
            .mapToDouble(i -> Math.exp(-i * Math.log(10_000) / (half - 1)))
            .toArray();
    Tensor angles =
        time.unsqueeze(1).times(scope.constant("time_frequencies", frequencies, 1, half));
    return Tensor.cat(1, angles.sin(), angles.cos());
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

  /** Three kernel sizes side by side; the wider, the fewer channels. */
  private Tensor firstConvolution(Scope scope, Tensor x) {
    int dim = config.dim();
    int[] widths = {dim / 2, dim / 4, dim - dim / 2 - dim / 4};
    Tensor[] scales =
        IntStream.range(0, FIRST_KERNELS.length)
            .mapToObj(i -> Layers.conv2d(scope.in("convs").in(i), x, widths[i], FIRST_KERNELS[i]))
            .toArray(Tensor[]::new);
    return Tensor.cat(1, scales);
  }

  private Tensor down(Scope scope, Tensor in, int layer, Condition condition, Deque<Tensor> skips) {
    int next = config.width(layer + 1);
    Tensor x = config.memoryEfficient() ? downsample(scope.in(0), in, next) : in;
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
        ? downsample(scope.in(4), x, next)
        : parallel(scope.in(4).in("fns"), x, next);
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
    return Layers.conv2d(scope.in(3).in(1), Layers.upsampleNearest(x), config.width(layer), 3);
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

  private static Tensor downsample(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope, x, new Convolution(out, 4, 2, 1), true);
  }

  private static Tensor parallel(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope.in(0), x, out, 3).plus(Layers.conv2d(scope.in(1), x, out, 1));
  }

  private Tensor resnetBlock(Scope scope, Tensor x, long out, Condition condition) {
    Tensor h = convolve(scope.in("block1"), norm(scope.in("block1"), x), out);
    if (condition.tokens() != null) {
      Scope attention = scope.in("cross_attn").in("fn");
      h = Attentions.crossAttention(attention, h, condition.tokens(), config.attnDimHead()).plus(h);
    }
    Tensor steer = Layers.linear(scope.in("time_mlp").in(1), condition.vector().silu(), 2 * out);
    List<Tensor> scaleShift = steer.unsqueeze(2).unsqueeze(3).chunk(2, 1);
    h = norm(scope.in("block2"), h).times(scaleShift.get(0).plus(1)).plus(scaleShift.get(1));
    h = convolve(scope.in("block2"), h, out);
    return h.plus(x.size(1) == out ? x : Layers.conv2d(scope.in("res_conv"), x, out, 1));
  }

  private static Tensor norm(Scope scope, Tensor x) {
    return Layers.groupNorm(scope.in("groupnorm"), x, UnetConfig.GROUPS);
  }

  private static Tensor convolve(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope.in("project"), x.silu(), out, 3);
  }
}
