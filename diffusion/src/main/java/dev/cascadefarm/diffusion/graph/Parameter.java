package dev.cascadefarm.diffusion.graph;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A named tensor that belongs to a model.
 *
 * @param path its PyTorch path, for example {@code downs.0.1.block1.groupnorm.weight}
 * @param trainable false for a buffer
 * @param constant values that belong to the arithmetic and are no weights; absent for weights
 */
public record Parameter(
    String path,
    long[] shape,
    Initializer initializer,
    boolean trainable,
    float @Nullable [] constant) {
  /** Whether the tensor is stored with the model's weights. */
  public boolean stored() {
    return constant == null;
  }

  boolean sameShape(long[] other) {
    return Arrays.equals(shape, other);
  }

  /** Number of elements. */
  public int size() {
    long size = 1;
    for (long each : shape) {
      size = Math.multiplyExact(size, each);
    }
    return Math.toIntExact(size);
  }
}
