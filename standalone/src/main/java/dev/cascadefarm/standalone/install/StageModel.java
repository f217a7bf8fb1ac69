package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;

/**
 * What the model of a stage is, and what a job may say to it.
 *
 * @param architecture in the words of the model's own configuration
 * @param diffusion how it diffuses; empty if it does not
 * @param settings that a job may give, as JSON Schema
 */
public record StageModel(
    String kind, JsonNode architecture, JsonNode diffusion, JsonNode settings) {
  /** A model that does not diffuse, without settings. */
  public static StageModel of(String kind, JsonNode architecture) {
    return of(kind, architecture, noSettings());
  }

  /** A model that does not diffuse. */
  public static StageModel of(String kind, JsonNode architecture, JsonNode settings) {
    return new StageModel(kind, architecture, WireJson.object(), settings);
  }

  /**
   * A model that diffuses.
   *
   * @param architecture to become JSON
   */
  public static StageModel diffusing(
      String kind, Object architecture, DiffusionConfig diffusion, JsonNode settings) {
    return new StageModel(
        kind,
        WireJson.MAPPER.valueToTree(architecture),
        WireJson.MAPPER.valueToTree(diffusion),
        settings);
  }

  /** The schema of no settings at all. */
  public static ObjectNode noSettings() {
    return WireJson.object()
        .put("type", "object")
        .put("additionalProperties", false)
        .set("properties", WireJson.object());
  }
}
