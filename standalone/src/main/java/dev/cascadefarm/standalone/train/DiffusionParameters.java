package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;

/**
 * The settings that a job may give a diffusion stage, as JSON Schema.
 *
 * @param steps default number of model calls
 * @param guidance default weight of the caption
 * @param timesteps of the schedule, the most steps there can be
 * @param aug default noise level of the small picture; negative for a base stage, which has none
 */
record DiffusionParameters(int steps, double guidance, int timesteps, double aug) {
  ObjectNode schema() {
    ObjectNode schema = WireJson.object().put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    choice(properties, "sampler", "how noise becomes a picture", "ddim", "ddpm");
    number(properties, "eta", "share of fresh noise in ddim", 0, 1, 0);
    properties
        .putObject("steps")
        .put("type", "integer")
        .put("description", "model calls")
        .put("minimum", 1)
        .put("maximum", timesteps)
        .put("default", steps);
    number(properties, "guidance", "weight of the caption; 1 is off", 0, 30, guidance);
    choice(properties, "threshold", "how x0 is kept in range", "dynamic", "static", "none");
    number(properties, "percentile", "share of pixels a dynamic threshold spares", 0, 1, 0.95);
    number(properties, "cap", "highest dynamic threshold", 1, 100, 10);
    if (aug >= 0) {
      number(properties, "aug", "noise level of the small picture", 0, 1, aug);
    }
    return schema;
  }

  private static void choice(ObjectNode properties, String name, String what, String... values) {
    ObjectNode property = properties.putObject(name).put("type", "string").put("description", what);
    for (String each : values) {
      property.withArray("enum").add(each);
    }
    property.put("default", values[0]);
  }

  private static void number(
      ObjectNode properties, String name, String what, double from, double to, double initial) {
    properties
        .putObject(name)
        .put("type", "number")
        .put("description", what)
        .put("minimum", from)
        .put("maximum", to)
        .put("default", initial);
  }
}
