package dev.cascadefarm.diffusion.stage;

import java.util.Map;

/** What goes into or comes out of a stage under one name. */
public sealed interface StageValue {
  /** Words. */
  record Text(String text) implements StageValue {}

  /**
   * A picture.
   *
   * @param pixels {@code (3, H, W)}, values in [0, 1]
   */
  record Image(HostTensor pixels) implements StageValue {}

  /** Named tensors, for example a caption's embeddings and mask. */
  record Tensors(Map<String, HostTensor> tensors) implements StageValue {
    public Tensors {
      tensors = Map.copyOf(tensors);
    }
  }
}
