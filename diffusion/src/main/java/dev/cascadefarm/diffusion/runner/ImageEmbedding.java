package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names under which embeddings of pictures travel between stages: {@code (1, D)}. */
final class ImageEmbedding {
  static final String NAME = "image_embed";

  /** An input beside the first. */
  static final String OTHER = "image_embed_b";

  private ImageEmbedding() {}

  /** An embedding {@code (D)} as an input or output of a stage. */
  static StageValue.Tensors of(float[] embedding) {
    return new StageValue.Tensors(Map.of(NAME, HostTensor.of(embedding, 1, embedding.length)));
  }

  /**
   * The embedding that a stage was given.
   *
   * @return {@code (D)}
   * @throws InvalidSampleException if there is none, or not of that size, or it is not finite
   */
  static float[] read(SampleRequest request, int latentDim) {
    return read(request, NAME, latentDim);
  }

  /** The same, of that input. */
  static float[] read(SampleRequest request, String name, int latentDim) {
    StageValue input = request.inputs().get(name);
    @Nullable HostTensor embedding =
        input instanceof StageValue.Tensors tensors ? tensors.tensors().get(NAME) : null;
    if (embedding == null || !Arrays.equals(embedding.shape(), new long[] {1, latentDim})) {
      throw new InvalidSampleException(
          "%s: %s (expected: an embedding, 1×%d)"
              .formatted(name, embedding == null ? input : embedding, latentDim));
    }
    for (float each : embedding.data()) {
      if (!Float.isFinite(each)) {
        throw new InvalidSampleException(name + ": " + each + " (expected: finite numbers)");
      }
    }
    return embedding.data();
  }
}
