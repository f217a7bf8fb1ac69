package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import java.util.Map;

/**
 * The way from one picture's embedding to another's: takes {@code image_embed} and {@code
 * image_embed_b}, gives the {@code image_embed} at the share of the way that {@code fraction} says.
 * Arithmetic, without weights.
 *
 * @param latentDim D
 */
record UnclipBlendStage(int latentDim) implements OneRowStage {
  private static final String FRACTION = "fraction";

  UnclipBlendStage {
    if (latentDim < 1) {
      throw new IllegalArgumentException("latent_dim: " + latentDim + " (expected: >= 1)");
    }
  }

  @Override
  public Work begin(SampleRequest request) {
    float[] a = ImageEmbedding.read(request, ImageEmbedding.NAME, latentDim);
    float[] b = ImageEmbedding.read(request, ImageEmbedding.OTHER, latentDim);
    JsonNode fraction = request.settings().path(FRACTION);
    float[] between = between(a, b, fraction.asDouble(Double.NaN));
    return () -> Map.of(ImageEmbedding.NAME, ImageEmbedding.of(between));
  }

  private static float[] between(float[] a, float[] b, double fraction) {
    try {
      return Embeddings.between(a, b, fraction);
    } catch (IllegalArgumentException e) {
      throw new InvalidSampleException(e.getMessage());
    }
  }

  @Override
  public void close() {}
}
