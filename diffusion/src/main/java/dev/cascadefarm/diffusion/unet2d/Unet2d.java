package dev.cascadefarm.diffusion.unet2d;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.diffusers.Resampling;
import dev.cascadefarm.diffusion.diffusers.ResnetBlock;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.unet2d.BlockConfig.Resample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A U-Net with diffusers' blocks. Parameters have the paths of {@code UNet2DConditionModel} or
 * {@code UNet2DModel}. Immutable.
 */
public final class Unet2d {
  /**
   * The method that predicts: {@code x, time}, then {@code tokens}, {@code mask}, {@code labels} as
   * far as the network has them.
   */
  public static final String PREDICT = "predict";

  private final Unet2dConfig config;

  public Unet2d(Unet2dConfig config) {
    this.config = config;
  }

  public Unet2dConfig config() {
    return config;
  }

  /**
   * A model with the one method {@link #PREDICT}; H, W and N may differ from call to call.
   *
   * @param masked whether it takes a mask of the tokens
   */
  public Graph graph(boolean masked) {
    return new Graph("Unet2d")
        .method(PREDICT, method -> List.of(apply(method.root(), inputs(method, masked))));
  }

  private Unet2dInputs inputs(Method method, boolean masked) {
    TextConfig text = config.text();
    LabelConfig labels = config.labels();
    Tensor x = method.input("x", ANY, config.inChannels(), ANY, ANY);
    Tensor time = method.input("time", ANY);
    Tensor tokens = text == null ? null : method.input("tokens", ANY, ANY, text.width());
    Tensor mask = masked ? method.input("mask", ANY, ANY) : null;
    if (labels.kind() == LabelConfig.Kind.NONE) {
      return new Unet2dInputs(x, time, tokens, mask, null);
    }
    Tensor label =
        labels.vector() ? method.input("labels", ANY, labels.size()) : method.input("labels", ANY);
    return new Unet2dInputs(x, time, tokens, mask, label);
  }

  /**
   * One pass.
   *
   * @return the raw prediction {@code (B, outChannels, H, W)}
   */
  public Tensor apply(Scope scope, Unet2dInputs inputs) {
    Conditions conditions = new Conditioning(config).apply(scope, inputs);
    Tensor x = inputs.x().channelsLast();
    x = config.centerInputSample() ? x.times(2).plus(-1) : x;
    x = convolve(scope.in("conv_in"), x, config.down().get(0).channels(), config.convInKernel());
    Deque<Tensor> skips = new ArrayDeque<>();
    skips.push(x);
    for (int i = 0; i < config.down().size(); i++) {
      x = down(scope.in("down_blocks").in(i), x, config.down().get(i), conditions, skips);
    }
    BlockConfig middle = config.middle();
    x = middle == null ? x : middle(scope.in("mid_block"), x, middle, conditions);
    for (int i = 0; i < config.up().size(); i++) {
      x = up(scope.in("up_blocks").in(i), x, config.up().get(i), conditions, skips);
    }
    x = config.outNormalization().apply(scope.in("conv_norm_out"), x);
    x = config.outActivation().apply(x);
    return convolve(scope.in("conv_out"), x, config.outChannels(), config.convOutKernel());
  }

  private static Tensor convolve(Scope scope, Tensor x, int channels, int kernel) {
    return Layers.conv2d(scope, x, new Convolution(channels, kernel, 1, (kernel - 1) / 2), true);
  }

  private Tensor down(
      Scope scope, Tensor in, BlockConfig block, Conditions conditions, Deque<Tensor> skips) {
    ResnetBlock resnet = ResnetBlock.of(block.resnet(), conditions.embedding());
    Tensor x = in;
    for (int i = 0; i < block.layers(); i++) {
      x = resnet.apply(scope.in("resnets").in(i), x, block.channels());
      x = attend(scope, i, x, block, conditions);
      skips.push(x);
    }
    if (block.resampling() == Resample.NONE) {
      return x;
    }
    Scope last = scope.in("downsamplers").in(0);
    x =
        block.resampling() == Resample.RESNET
            ? resnet.down(last, x)
            : Resampling.down(last, x, config.downsamplePadding());
    skips.push(x);
    return x;
  }

  private static Tensor middle(Scope scope, Tensor in, BlockConfig block, Conditions conditions) {
    ResnetBlock resnet = ResnetBlock.of(block.resnet(), conditions.embedding());
    Tensor x = resnet.apply(scope.in("resnets").in(0), in, block.channels());
    for (int i = 0; i < block.layers(); i++) {
      x = attend(scope, i, x, block, conditions);
      x = resnet.apply(scope.in("resnets").in(i + 1), x, block.channels());
    }
    return x;
  }

  private static Tensor up(
      Scope scope, Tensor in, BlockConfig block, Conditions conditions, Deque<Tensor> skips) {
    ResnetBlock resnet = ResnetBlock.of(block.resnet(), conditions.embedding());
    Tensor x = in;
    for (int i = 0; i < block.layers(); i++) {
      Tensor joined = Tensor.cat(1, x, skips.pop());
      x = resnet.apply(scope.in("resnets").in(i), joined, block.channels());
      x = attend(scope, i, x, block, conditions);
    }
    if (block.resampling() == Resample.NONE) {
      return x;
    }
    Scope last = scope.in("upsamplers").in(0);
    return block.resampling() == Resample.RESNET
        ? resnet.up(last, x)
        : Resampling.upLike(last, x, skips.element());
  }

  private static Tensor attend(
      Scope scope, int index, Tensor x, BlockConfig block, Conditions conditions) {
    return block.attention() == null
        ? x
        : block.attention().apply(scope.in("attentions").in(index), x, conditions);
  }
}
