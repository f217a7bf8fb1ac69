package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A stage bundle's description, the content of its {@code stage.json}.
 *
 * @param id name and version
 * @param kind what sort of model this is, for example {@code scene-text} or {@code diffusion}
 * @param per whether the stage has one task per image or one for the whole job
 * @param inputs what the stage takes, by name
 * @param outputs what it hands on, by name
 * @param imageSize side of the images it draws, in pixels; 0 if it draws none
 * @param samplesPerCall how many samples one model call carries
 * @param parameters JSON Schema of the settings a job may give, with defaults and bounds
 * @param model architecture, in the words of the model's own configuration
 * @param diffusion schedule, objective and the like; absent for models that do not diffuse
 * @param precision element type the model runs in, for example {@code float32}
 * @param files SHA-256 (hex) of every other file of the bundle, by file name
 * @param licence SPDX identifier of the weights' licence
 * @param provenance where the weights come from: command, data, duration, seed, score
 */
public record StageBundle(
    BundleId id,
    String kind,
    Per per,
    Map<String, TensorSpec> inputs,
    Map<String, TensorSpec> outputs,
    int imageSize,
    int samplesPerCall,
    JsonNode parameters,
    JsonNode model,
    JsonNode diffusion,
    String precision,
    Map<String, String> files,
    String licence,
    JsonNode provenance) {
  /** File name of the description inside a bundle's folder. */
  public static final String FILE = "stage.json";

  /** File name of the weights inside a bundle's folder. */
  public static final String WEIGHTS = "model.safetensors";

  /** How many tasks a stage has in one job. */
  public enum Per {
    /** One task, shared by all images: a text encoder. */
    JOB,
    /** One task for each image. */
    IMAGE
  }

  public StageBundle {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
    files = Map.copyOf(files);
    if (samplesPerCall < 1) {
      throw new InvalidCatalogueException(
          id + ": samples_per_call: " + samplesPerCall + " (expected: >= 1)");
    }
  }
}
