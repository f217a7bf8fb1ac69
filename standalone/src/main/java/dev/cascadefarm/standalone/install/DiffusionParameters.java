package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.Spacing;
import java.util.Arrays;
import java.util.List;

/**
 * The settings that a job may give a diffusion stage, as JSON Schema.
 *
 * @param sampler default sampler
 * @param steps default number of steps
 * @param timesteps of the schedule, the most steps there can be
 * @param guidance default weight of the caption
 * @param threshold defaults of the dynamic threshold
 * @param aug default noise level of the small picture; {@link #NO_SMALL_PICTURE} for a base stage
 */
public record DiffusionParameters(
    String sampler,
    int steps,
    int timesteps,
    double guidance,
    DynamicThreshold threshold,
    double aug) {
  /** For a stage that enlarges nothing. */
  public static final double NO_SMALL_PICTURE = -1;

  private static final double MOST_RANGE = 1_000_000;

  /**
   * Defaults of the dynamic threshold.
   *
   * @param percentile share of the pixels it spares, 0 to 1
   * @param cap the highest it may be
   */
  public record DynamicThreshold(double percentile, double cap) {
    /** As good as no cap. */
    public static final double MOST_CAP = 1_000_000;

    /** Of models taught here. */
    public static final DynamicThreshold USUAL = new DynamicThreshold(0.95, 10);
  }

  /** The settings of a job that says nothing else, for samples with so much history. */
  public ObjectNode defaults(int history) {
    ObjectNode settings = WireJson.object();
    schema(history)
        .path("properties")
        .properties()
        .forEach(each -> settings.set(each.getKey(), each.getValue().get("default")));
    return settings;
  }

  /**
   * The schema.
   *
   * @param history tensors of history that the stage's samples carry; it lists the samplers that
   *     need no more
   * @throws IllegalArgumentException if the default sampler needs more
   */
  public ObjectNode schema(int history) {
    List<String> samplers = Sampler.within(history);
    if (!samplers.contains(sampler)) {
      throw new IllegalArgumentException(
          "sampler: %s (expected: one of %s, with %d of history)"
              .formatted(sampler, String.join(", ", samplers), history));
    }
    ObjectNode schema = WireJson.object().put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    choice(properties, "sampler", "how noise becomes a picture", samplers).put("default", sampler);
    number(properties, "eta", "share of fresh noise in ddim", 0, 1, 0);
    integer(
        properties,
        "steps",
        "a model call each, two in heun; one more in pndm, nine in pndm_prk",
        1,
        timesteps,
        steps);
    List<String> spacings = Arrays.stream(Spacing.values()).map(Spacing::word).toList();
    choice(properties, "spacing", "where on the schedule the steps lie", spacings);
    integer(properties, "steps_offset", "added to leading timesteps", 0, timesteps - 1, 0);
    number(properties, "guidance", "weight of the caption; 1 is off", 0, 30, guidance);
    choice(
        properties, "threshold", "how x0 is kept in range", List.of("dynamic", "static", "none"));
    number(
        properties,
        "percentile",
        "share of pixels a dynamic threshold spares",
        0,
        1,
        threshold.percentile());
    number(
        properties,
        "cap",
        "highest dynamic threshold",
        1,
        DynamicThreshold.MOST_CAP,
        threshold.cap());
    if (aug >= 0) {
      number(properties, "aug", "noise level of the small picture", 0, 1, aug);
    }
    return schema;
  }

  /**
   * Adds the setting of a stage that can start from a picture or its latents.
   *
   * @param initial default share of the steps that are done, above 0 to 1
   */
  public static void addStrength(ObjectNode schema, double initial) {
    schema
        .withObject("properties")
        .putObject("strength")
        .put("type", "number")
        .put("description", "share of the steps done from a given picture; 1 forgets it")
        .put("exclusiveMinimum", 0)
        .put("maximum", 1)
        .put("default", initial);
  }

  /** Adds the setting of a stage that can choose between several samples of a task. */
  public static void addCandidates(ObjectNode schema) {
    integer(
        schema.withObject("properties"),
        "candidates",
        "samples, of which the one nearest to the caption goes on",
        1,
        DiffusionConfig.MOST_CANDIDATES,
        1);
  }

  /** Takes away what bounds pictures, for a stage that draws none. */
  public static void removeThreshold(ObjectNode schema) {
    schema.withObject("properties").remove(List.of("threshold", "percentile", "cap"));
  }

  /**
   * Leaves of what bounds x₀ only clipping, to any range.
   *
   * @param initial default range
   */
  public static void clipOnly(ObjectNode schema, double initial) {
    ObjectNode properties = schema.withObject("properties");
    properties.remove(List.of("percentile", "cap"));
    ObjectNode threshold = properties.withObject("threshold");
    threshold.putArray("enum").add("static").add("none");
    properties
        .putObject("range")
        .put("type", "number")
        .put("description", "a static threshold keeps x0 within plus and minus this")
        .put("exclusiveMinimum", 0)
        .put("maximum", MOST_RANGE)
        .put("default", initial);
  }

  /** Takes away all settings but these. */
  public static void keep(ObjectNode schema, String... settings) {
    schema.withObject("properties").retain(settings);
  }

  /** Changes what a setting is by default. */
  public static void initially(ObjectNode schema, String setting, String value) {
    schema.withObject("properties").withObject(setting).put("default", value);
  }

  /** A setting that is one of {@code values}, by default the first. */
  private static ObjectNode choice(
      ObjectNode properties, String name, String what, List<String> values) {
    ObjectNode property = properties.putObject(name).put("type", "string").put("description", what);
    for (String each : values) {
      property.withArray("enum").add(each);
    }
    return property.put("default", values.get(0));
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
