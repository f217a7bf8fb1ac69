package dev.cascadefarm.diffusion.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/**
 * What {@link StageLoader} needs to load a stage.
 *
 * @param kind for example {@code text-encoder} or {@code diffusion}
 * @param model architecture
 * @param diffusion schedule, objective and the like; an empty object for models that do not diffuse
 * @param imageSize side in pixels, 0 if the stage draws nothing
 * @param samplesPerCall samples that one model call carries, at least 1
 * @param folder where the bundle's files are
 */
public record StageDefinition(
    String kind,
    JsonNode model,
    JsonNode diffusion,
    int imageSize,
    int samplesPerCall,
    Path folder) {
  public StageDefinition {
    if (imageSize < 0 || samplesPerCall < 1) {
      throw new IllegalArgumentException(
          "image size %d, samples per call %d (expected: >= 0, >= 1)"
              .formatted(imageSize, samplesPerCall));
    }
  }
}
