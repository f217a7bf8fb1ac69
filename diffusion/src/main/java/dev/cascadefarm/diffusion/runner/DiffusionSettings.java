package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.Threshold;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;

/**
 * The settings a job may give a diffusion stage.
 *
 * @param sampler one of {@link dev.cascadefarm.diffusion.sampler.Sampler#NAMES}
 * @param eta share of fresh noise in DDIM
 * @param spacing {@code trailing}, {@code leading} or {@code linspace}; trailing in bundles from
 *     before there was a choice
 * @param stepsOffset added to every timestep of the leading spacing
 * @param steps of the sampler; a model call each, but more in some samplers
 * @param guidance weight of the caption against the other branch; 1 is off
 * @param threshold {@code none}, {@code static} or {@code dynamic}
 * @param percentile of |x₀| for dynamic thresholding
 * @param cap highest dynamic threshold
 * @param range of static thresholding; 1 in stages that know no other
 * @param aug noise level of the small picture, 0 to 1; not read by base stages
 * @param strength share of the steps that a run does which starts from a picture; not read by
 *     others
 */
record DiffusionSettings(
    String sampler,
    double eta,
    String spacing,
    int stepsOffset,
    int steps,
    double guidance,
    String threshold,
    double percentile,
    double cap,
    double range,
    double aug,
    double strength) {
  /** Reads settings; a stage without thresholding has none of its four. */
  static DiffusionSettings of(JsonNode settings) {
    String threshold = settings.has("threshold") ? require(settings, "threshold").asText() : "none";
    boolean dynamic = threshold.equals("dynamic");
    return new DiffusionSettings(
        require(settings, "sampler").asText(),
        number(settings, "eta"),
        settings.path("spacing").asText(Spacing.TRAILING.word()),
        settings.path("steps_offset").asInt(0),
        require(settings, "steps").asInt(),
        number(settings, "guidance"),
        threshold,
        dynamic ? number(settings, "percentile") : 1,
        dynamic ? number(settings, "cap") : 1,
        settings.has("range") ? number(settings, "range") : 1,
        settings.path("aug").asDouble(0),
        settings.path("strength").asDouble(1));
  }

  /**
   * Reads what a stage may be told that makes a share of a run: how many steps, and how x₀ is kept
   * in range. Such a run is unCLIP's, without guidance.
   */
  static DiffusionSettings of(JsonNode settings, Rows rows) {
    if (rows == Rows.ALL) {
      return of(settings);
    }
    ObjectNode all = settings.deepCopy();
    all.put("sampler", "unclip").put("eta", 0).put("guidance", 1);
    return of(rows == Rows.LAST ? all.put("steps", Rows.FEWEST) : all);
  }

  /**
   * How x₀ is kept in range.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  Threshold bounds() {
    return threshold.equals("static")
        ? Threshold.clip(range)
        : Threshold.of(threshold, percentile, cap);
  }

  /**
   * What shapes the sampler's table.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  SamplerOptions options(SamplerHabits habits) {
    return new SamplerOptions(eta, Spacing.of(spacing), stepsOffset, habits);
  }

  private static double number(JsonNode settings, String key) {
    double number = require(settings, key).asDouble(Double.NaN);
    if (!Double.isFinite(number)) {
      throw new InvalidSampleException(
          key + ": " + settings.get(key) + " (expected: a finite number)");
    }
    return number;
  }

  private static JsonNode require(JsonNode settings, String key) {
    JsonNode value = settings.get(key);
    if (value == null || value.isNull()) {
      throw new InvalidSampleException(key + ": missing (expected: a value for every setting)");
    }
    return value;
  }
}
