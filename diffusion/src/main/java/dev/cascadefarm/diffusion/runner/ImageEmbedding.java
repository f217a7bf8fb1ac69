package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.runner.DiffusionNetwork.Conditions;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings of pictures as they travel between stages, {@code (1, D)}, and as decoders hear them.
 */
final class ImageEmbedding {
  static final String NAME = "image_embed";

  /** An input beside the first. */
  static final String OTHER = "image_embed_b";

  private static final float[] KEPT = {1};
  private static final float[] LEFT_OUT = {0};

  private ImageEmbedding() {}

  /**
   * What a decoder hears that is pushed away from what it draws of no embedding: behind the
   * caption, whether there is an embedding; then the embedding, which the other branch shares and
   * leaves out.
   *
   * @param caption as the decoder hears it
   * @param other in its place, in the branch that is pushed away from
   * @param embedding {@code (D)}
   */
  static Conditions conditions(List<float[]> caption, List<float[]> other, float[] embedding) {
    List<float[]> heard = new ArrayList<>(caption);
    heard.addAll(List.of(KEPT, embedding));
    List<float[]> unheard = new ArrayList<>(other);
    unheard.add(LEFT_OUT);
    return new Conditions(heard, unheard);
  }

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
