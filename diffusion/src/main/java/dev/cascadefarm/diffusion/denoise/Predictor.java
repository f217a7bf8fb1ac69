package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** A network that predicts from a noisy x; what a {@link Denoiser} steps. Immutable. */
public interface Predictor {
  /** Channels, height and width of x; a vector is one of height and width 1. */
  Extent extent();

  /** What the network hears beside x and its timestep: the branched ones first. */
  List<Condition> conditions();

  /**
   * Whether the prediction has twice the channels of x, the second half for the variance (Nichol
   * and Dhariwal 2021, arXiv 2102.09672, equation 15).
   */
  default boolean learnsVariance() {
    return false;
  }

  /**
   * One pass.
   *
   * @return the raw prediction {@code (B, C, H, W)}, or {@code (B, 2C, H, W)} with the variance
   */
  Tensor predict(Scope scope, Pass pass);

  /**
   * The size of one sample's x.
   *
   * @param channels C
   * @param height H
   * @param width W
   */
  record Extent(int channels, int height, int width) {
    public Extent {
      if (channels < 1 || height < 1 || width < 1) {
        throw new IllegalArgumentException(
            "extent: %d×%d×%d (expected: at least 1 each)".formatted(channels, height, width));
      }
    }

    /** A square picture. */
    public static Extent square(int channels, int side) {
      return new Extent(channels, side, side);
    }

    /** Numbers in one sample's x. */
    public int size() {
      return Math.multiplyExact(Math.multiplyExact(channels, height), width);
    }
  }

  /**
   * What one pass takes.
   *
   * @param x {@code (B, C, H, W)}
   * @param time timestep {@code (B)}
   * @param level timestep to which the picture to enlarge was noised, {@code (B)}; read only by
   *     networks that enlarge
   * @param conditions in the order of {@link Predictor#conditions}, each with its batch in front
   */
  record Pass(Tensor x, Tensor time, Tensor level, List<Tensor> conditions) {
    public Pass {
      conditions = List.copyOf(conditions);
    }
  }
}
