package dev.cascadefarm.common.cascade;

import java.util.List;

/**
 * What one input or output of a stage looks like.
 *
 * @param media how the value travels between stages: {@code text}, {@code image} (PNG, 8 bits) or
 *     {@code tensors} (safetensors)
 * @param dtype element type of a tensor as safetensors spells it, for example {@code F32}
 * @param shape symbolic shape, for example {@code ["1", "N", "E"]}
 */
public record TensorSpec(String media, String dtype, List<String> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
    if (!List.of("text", "image", "tensors").contains(media)) {
      throw new InvalidCatalogueException(
          "media: " + media + " (expected: text, image or tensors)");
    }
  }
}
