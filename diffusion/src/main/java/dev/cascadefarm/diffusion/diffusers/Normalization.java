package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * A group normalisation.
 *
 * @param groups that share mean and deviation; the channels are a multiple of it
 * @param epsilon keeps it from dividing by zero
 */
public record Normalization(int groups, double epsilon) {
  /** Normalises {@code (B, C, …)}. */
  public Tensor apply(Scope scope, Tensor x) {
    return Layers.groupNorm(scope, x, groups, epsilon);
  }

  /** The same groups with another epsilon. */
  public Normalization withEpsilon(double other) {
    return new Normalization(groups, other);
  }
}
