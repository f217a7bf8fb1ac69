package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one input or output of a stage looks like.
 *
 * @param media how the value travels between stages: {@code text}, {@code image} (PNG, 8 bits) or
 *     {@code tensors} (safetensors)
 * @param dtype element type of a tensor as safetensors spells it, for example {@code F32}; empty
 *     where it goes without saying
 * @param shape symbolic shape, for example {@code ["1", "N", "E"]}
 * @param optional whether a cascade, or a job, may leave this input out
 */
public record TensorSpec(
    String media,
    String dtype,
    List<String> shape,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean optional) {
  public TensorSpec(
      String media, @Nullable String dtype, @Nullable List<String> shape, boolean optional) {
    this.media = media;
    this.dtype = dtype == null ? "" : dtype;
    this.shape = shape == null ? List.of() : List.copyOf(shape);
    this.optional = optional;
    if (!List.of("text", "image", "tensors").contains(media)) {
      throw new InvalidCatalogueException(
          "media: " + media + " (expected: text, image or tensors)");
    }
  }

  /** A value that must be given. */
  public TensorSpec(String media, String dtype, List<String> shape) {
    this(media, dtype, shape, false);
  }
}
