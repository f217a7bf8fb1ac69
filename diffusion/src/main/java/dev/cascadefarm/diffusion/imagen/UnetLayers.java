package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The layers a {@link Unet} is made of, beside its attentions. */
final class UnetLayers {
  private static final int[] FIRST_KERNELS = {3, 7, 15};

  private UnetLayers() {}

  /**
   * What steers the blocks.
   *
   * @param vector scales and shifts them, {@code (B, D)}
   * @param tokens what they attend to, {@code (B, N, E)}; absent where they do not
   */
  record Condition(Tensor vector, @Nullable Tensor tokens) {
    Condition withoutTokens() {
      return new Condition(vector, null);
    }
  }

  /** Vaswani et al. 2017, §3.5: sines then cosines, {@code (B) -> (B, dim)}. */
  static Tensor sinusoidal(Scope scope, Tensor time, int dim) {
    int half = dim / 2;
    double[] frequencies =
        IntStream.range(0, half)
            .mapToDouble(i -> Math.exp(-i * Math.log(10_000) / (half - 1)))
            .toArray();
    Tensor angles =
        time.unsqueeze(1).times(scope.constant("time_frequencies", frequencies, 1, half));
    return Tensor.cat(1, angles.sin(), angles.cos());
  }

  /** Three kernel sizes side by side; the wider, the fewer channels. */
  static Tensor crossEmbed(Scope scope, Tensor x, int dim) {
    int[] widths = {dim / 2, dim / 4, dim - dim / 2 - dim / 4};
    Tensor[] scales =
        IntStream.range(0, FIRST_KERNELS.length)
            .mapToObj(i -> Layers.conv2d(scope.in("convs").in(i), x, widths[i], FIRST_KERNELS[i]))
            .toArray(Tensor[]::new);
    return Tensor.cat(1, scales);
  }

  /** Halves height and width. */
  static Tensor downsample(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope, x, new Convolution(out, 4, 2, 1), true);
  }

  /** Doubles height and width. */
  static Tensor upsample(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope.in(1), Layers.upsampleNearest(x), out, 3);
  }

  /** The sum of two convolutions, 3 and 1 wide. */
  static Tensor parallel(Scope scope, Tensor x, long out) {
    Scope fns = scope.in("fns");
    return Layers.conv2d(fns.in(0), x, out, 3).plus(Layers.conv2d(fns.in(1), x, out, 1));
  }

  /**
   * Two convolutions with a residual; between them the tokens are attended to, if there are any,
   * and the vector scales and shifts.
   *
   * @param dimHead width of a head of the attention
   */
  static Tensor resnetBlock(Scope scope, Tensor x, long out, Condition condition, int dimHead) {
    Tensor h = block(scope.in("block1"), x, out);
    if (condition.tokens() != null) {
      Scope attention = scope.in("cross_attn").in("fn");
      h = Attentions.crossAttention(attention, h, condition.tokens(), dimHead).plus(h);
    }
    Tensor steer = Layers.linear(scope.in("time_mlp").in(1), condition.vector().silu(), 2 * out);
    List<Tensor> scaleShift = steer.unsqueeze(2).unsqueeze(3).chunk(2, 1);
    Scope second = scope.in("block2");
    h = norm(second, h).times(scaleShift.get(0).plus(1)).plus(scaleShift.get(1));
    h = convolve(second, h, out);
    return h.plus(x.size(1) == out ? x : Layers.conv2d(scope.in("res_conv"), x, out, 1));
  }

  /** Normalises, bends and convolves. */
  static Tensor block(Scope scope, Tensor x, long out) {
    return convolve(scope, norm(scope, x), out);
  }

  private static Tensor norm(Scope scope, Tensor x) {
    return Layers.groupNorm(scope.in("groupnorm"), x, UnetConfig.GROUPS);
  }

  private static Tensor convolve(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope.in("project"), x.silu(), out, 3);
  }
}
