package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.TensorSpec;
import java.util.List;

/** How latents are called between stages, and what they look like. */
final class Latents {
  static final String NAME = "latents";

  private Latents() {}

  /** Latents of a shape. */
  static TensorSpec spec(List<String> shape, boolean optional) {
    return new TensorSpec("tensors", "F32", shape, optional);
  }
}
