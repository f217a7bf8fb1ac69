package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** The layers a {@link Decoder} is made of. */
record DecoderLayers(DecoderConfig config) {
  /**
   * What steers the layers.
   *
   * @param vector scales and shifts, {@code (B, condDim)}
   * @param tokens what pixels attend to beside each other, {@code (B, M, D)}
   */
  record Condition(Tensor vector, Tensor tokens) {}

  /** Two convolutions with a residual; between them the vector scales and shifts. */
  Tensor residual(Scope scope, Tensor x, long out, Condition condition) {
    Scope first = scope.in("layers1");
    Tensor h = Layers.groupNorm(first.in(0), x, config.groups()).silu();
    h = Layers.conv2d(first.in(2), h, out, 3);
    Tensor steer = Layers.linear(scope.in("cond_layers").in(1), condition.vector().silu(), 2 * out);
    List<Tensor> scaleShift = steer.unsqueeze(2).unsqueeze(3).chunk(2, 1);
    h = scaleShift.get(0).times(h).plus(scaleShift.get(1));
    Scope second = scope.in("layers2");
    h = Layers.groupNorm(second.in(0), h, config.groups()).silu();
    h = Layers.groupNorm(second.in(4), Layers.conv2d(second.in(3), h, out, 3), config.groups());
    return h.plus(x.size(1) == out ? x : Layers.conv2d(scope.in("residual"), x, out, 1));
  }

  /** Pixels attend to each other and to the tokens in one softmax (GLIDE, Nichol et al. 2021). */
  Tensor attention(Scope scope, Tensor x, Condition condition) {
    long channels = x.size(1);
    Tensor pixels =
        Layers.groupNorm(scope.in("group_norm"), x, config.groups())
            .reshape(ANY, channels, ANY)
            .permute(0, 2, 1);
    List<Tensor> own = Layers.linear(scope.in("qkv"), pixels, 3 * channels).chunk(3, -1);
    List<Tensor> given =
        Layers.linear(scope.in("cond_kv"), condition.tokens(), 2 * channels).chunk(2, -1);
    Tensor key = Tensor.cat(1, own.get(1), given.get(0));
    Tensor value = Tensor.cat(1, own.get(2), given.get(1));
    Tensor attended = Layers.attention(heads(own.get(0)), heads(key), heads(value));
    Tensor out = Layers.linear(scope.in("out_proj"), Layers.joinHeads(attended), channels);
    return out.permute(0, 2, 1).reshapeLike(x).plus(x);
  }

  private Tensor heads(Tensor x) {
    return Layers.splitHeads(x, config.heads());
  }

  /** Halves height and width. */
  static Tensor downsample(Scope scope, Tensor x) {
    return Layers.conv2d(scope.in("down"), x, new Convolution(x.size(1), 3, 2, 1), true);
  }

  /** Doubles height and width. */
  static Tensor upsample(Scope scope, Tensor x, long out) {
    return Layers.conv2d(scope.in("conv"), Layers.upsampleNearest(x), out, 3);
  }
}
