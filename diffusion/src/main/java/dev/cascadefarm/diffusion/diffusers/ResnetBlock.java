package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Pictures;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Two convolutions with a residual, steered by an embedding or by nothing; diffusers' {@code
 * ResnetBlock2D}. Immutable.
 */
public final class ResnetBlock {
  private final ResnetSettings settings;
  private final @Nullable Tensor steer;

  private ResnetBlock(ResnetSettings settings, @Nullable Tensor steer) {
    this.settings = settings;
    this.steer = steer;
  }

  /** A block that nothing steers. */
  public static ResnetBlock of(ResnetSettings settings) {
    return new ResnetBlock(settings, null);
  }

  /**
   * A block that knows the time.
   *
   * @param embedding {@code (B, E)}
   */
  public static ResnetBlock of(ResnetSettings settings, Tensor embedding) {
    Tensor steer = settings.bareEmbedding() ? embedding : settings.activation().apply(embedding);
    return new ResnetBlock(settings, steer);
  }

  /** {@code (B, C, H, W) -> (B, out, H, W)}. */
  public Tensor apply(Scope scope, Tensor x, long out) {
    return apply(scope, x, out, UnaryOperator.identity());
  }

  /** {@code (B, C, H, W) -> (B, C, H/2, W/2)}. */
  public Tensor down(Scope scope, Tensor x) {
    return apply(scope, x, x.size(1), Pictures::halve);
  }

  /** {@code (B, C, H, W) -> (B, C, 2H, 2W)}. */
  public Tensor up(Scope scope, Tensor x) {
    return apply(scope, x, x.size(1), Layers::upsampleNearest);
  }

  private Tensor apply(Scope scope, Tensor x, long out, UnaryOperator<Tensor> resample) {
    Tensor h = resample.apply(bend(norm(scope.in("norm1"), x)));
    h = second(scope, Layers.conv2d(scope.in("conv1"), h, out, 3));
    h = Layers.conv2d(scope.in("conv2"), bend(h), out, 3);
    Tensor straight = resample.apply(x);
    if (x.size(1) != out) {
      straight = Layers.conv2d(scope.in("conv_shortcut"), straight, out, 1);
    }
    Tensor sum = straight.plus(h);
    return settings.outputDivisor() == 1 ? sum : sum.times(1 / settings.outputDivisor());
  }

  /** The second normalisation, with what the embedding does before or after it. */
  private Tensor second(Scope scope, Tensor h) {
    Scope norm = scope.in("norm2");
    if (steer == null) {
      return norm(norm, h);
    }
    long out = h.size(1);
    Scope projection = scope.in("time_emb_proj");
    if (!settings.scaleShift()) {
      Tensor shift = Layers.linear(projection, steer, out);
      return norm(norm, h.plus(shift.unsqueeze(2).unsqueeze(3)));
    }
    List<Tensor> scaleShift =
        Layers.linear(projection, steer, 2 * out).unsqueeze(2).unsqueeze(3).chunk(2, 1);
    return norm(norm, h).times(scaleShift.get(0).plus(1)).plus(scaleShift.get(1));
  }

  private Tensor norm(Scope scope, Tensor x) {
    return settings.normalization().apply(scope, x);
  }

  private Tensor bend(Tensor x) {
    return settings.activation().apply(x);
  }
}
