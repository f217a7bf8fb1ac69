package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.Spacing;
import java.util.Arrays;
import java.util.List;

/**
 * The settings that a job may give a diffusion stage, as JSON Schema.
 *
 * @param steps default number of steps
 * @param guidance default weight of the caption
 * @param timesteps of the schedule, the most steps there can be
 * @param aug default noise level of the small picture; negative for a base stage, which has none
 */
record DiffusionParameters(int steps, double guidance, int timesteps, double aug) {
  ObjectNode schema() {
    ObjectNode schema = WireJson.object().put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    choice(properties, "sampler", "how noise becomes a picture", Sampler.NAMES);
    number(properties, "eta", "share of fresh noise in ddim", 0, 1, 0);
    integer(properties, "steps", "a model call each, two in heun", 1, timesteps, steps);
    List<String> spacings = Arrays.stream(Spacing.values()).map(Spacing::word).toList();
    choice(properties, "spacing", "where on the schedule the steps lie", spacings);
    integer(properties, "steps_offset", "added to leading timesteps", 0, timesteps - 1, 0);
    number(properties, "guidance", "weight of the caption; 1 is off", 0, 30, guidance);
    choice(
        properties, "threshold", "how x0 is kept in range", List.of("dynamic", "static", "none"));
    number(properties, "percentile", "share of pixels a dynamic threshold spares", 0, 1, 0.95);
    number(properties, "cap", "highest dynamic threshold", 1, 100, 10);
    if (aug >= 0) {
      number(properties, "aug", "noise level of the small picture", 0, 1, aug);
    }
    return schema;
  }

  private static void choice(ObjectNode properties, String name, String what, List<String> values) {
    ObjectNode property = properties.putObject(name).put("type", "string").put("description", what);
    for (String each : values) {
      property.withArray("enum").add(each);
    }
    property.put("default", values.get(0));
  }

  private static void integer(
      ObjectNode properties, String name, String what, int from, int to, int initial) {
    properties
        .putObject(name)
        .put("type", "integer")
        .put("description", what)
        .put("minimum", from)
        .put("maximum", to)
        .put("default", initial);
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
