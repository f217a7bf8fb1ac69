package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Pictures;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * Changes of the resolution by a convolution; diffusers' {@code Downsample2D}, {@code Upsample2D}.
 */
public final class Resampling {
  private Resampling() {}

  /**
   * Halves height and width.
   *
   * @param padding on all four sides; 0 pads below and at the right alone
   */
  public static Tensor down(Scope scope, Tensor x, int padding) {
    Tensor padded = padding == 0 ? Pictures.padCorner(x) : x;
    return Layers.conv2d(scope.in("conv"), padded, new Convolution(x.size(1), 3, 2, padding), true);
  }

  /** Doubles height and width. */
  public static Tensor up(Scope scope, Tensor x) {
    return Layers.conv2d(scope.in("conv"), Layers.upsampleNearest(x), x.size(1), 3);
  }

  /** Enlarges to the height and width of {@code like}, which may be odd. */
  public static Tensor upLike(Scope scope, Tensor x, Tensor like) {
    return Layers.conv2d(scope.in("conv"), Pictures.enlargeLike(x, like), x.size(1), 3);
  }
}
