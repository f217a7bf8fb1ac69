package dev.cascadefarm.standalone.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.image.Enlargement;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.schedule.Betas;
import dev.cascadefarm.diffusion.schedule.Betas.Curve;
import dev.cascadefarm.diffusion.schedule.Betas.Ending;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a described model was trained, and how it samples where a job says nothing.
 *
 * @param parameters the settings that a job may give, as JSON Schema
 */
record GuestSampling(DiffusionConfig diffusion, ObjectNode parameters) {
  private static final int MOST_TIMESTEPS = 100_000;
  private static final int STEPS = 50;
  private static final double GUIDANCE = 3;

  /**
   * Reads both parts of a description.
   *
   * @param place of the description, for complaints
   */
  static GuestSampling read(
      GuestStage stage, @Nullable JsonNode diffusion, @Nullable JsonNode defaults, String place) {
    GuestPredictor predictor = new GuestPredictor(stage.call());
    ConfigFile file = object(diffusion, place + ": diffusion");
    DiffusionConfig config = config(file, predictor);
    file.requireNoOthers();
    ObjectNode parameters = parameters(stage, predictor, config);
    if (defaults != null) {
      setDefaults(parameters, defaults, place + ": defaults");
    }
    return new GuestSampling(config, parameters);
  }

  private static ConfigFile object(@Nullable JsonNode node, String place) {
    if (node == null) {
      throw new TorchScriptException(place + ": missing (expected: keys and values)");
    }
    byte[] content = node.toString().getBytes(StandardCharsets.UTF_8);
    return ConfigFile.parse(content, place, TorchScriptException::new);
  }

  private static DiffusionConfig config(ConfigFile file, GuestPredictor predictor) {
    int timesteps = file.integer("timesteps");
    if (timesteps < 1 || timesteps > MOST_TIMESTEPS) {
      throw file.refused("timesteps", timesteps, "1 to " + MOST_TIMESTEPS);
    }
    Objective objective = choice(file, "objective", null, Objective.values());
    ScheduleSettings schedule = schedule(file);
    Variance usual = predictor.learnsVariance() ? Variance.LEARNED_RANGE : Variance.SMALL;
    Variance variance = choice(file, "variance", usual, Variance.values());
    if (predictor.learnsVariance() != (variance == Variance.LEARNED_RANGE)) {
      throw file.refused(
          "variance", word(variance), "learned_range if, and only if, the prediction has it");
    }
    Enlargement enlargement = choice(file, "enlargement", Enlargement.CUBIC, Enlargement.values());
    SamplerHabits own = SamplerHabits.OWN;
    SamplerHabits habits =
        new SamplerHabits(
            own.likeDiffusers(), own.endsClean(), own.finalSigma(), variance, own.solver());
    try {
      schedule.noiseSchedule(timesteps);
    } catch (IllegalArgumentException e) {
      throw file.refused("schedule", e.getMessage(), "one that can be made");
    }
    return new DiffusionConfig(
        schedule,
        timesteps,
        objective,
        Sampler.USUAL_HISTORY,
        new LowresPicture(false, false, enlargement, null, false),
        habits);
  }

  /** A name, or how β rise. */
  private static ScheduleSettings schedule(ConfigFile file) {
    @Nullable JsonNode node = file.value("schedule");
    if (node == null) {
      throw file.refused("schedule", "missing", "linear, cosine, or how beta rises");
    }
    if (node.isTextual()) {
      return ScheduleSettings.of(node.textValue());
    }
    ConfigFile betas = object(node, "schedule");
    Curve curve = choice(betas, "curve", null, Curve.values());
    double first = betas.number("first", 0);
    double last = betas.number("last", 0);
    Ending ending = choice(betas, "ending", Ending.AS_IS, Ending.values());
    List<Double> given = new ArrayList<>();
    @Nullable JsonNode list = betas.value("given");
    if (list != null) {
      list.forEach(each -> given.add(each.asDouble(Double.NaN)));
    }
    betas.requireNoOthers();
    try {
      return ScheduleSettings.of(new Betas(curve, first, last, given, ending));
    } catch (IllegalArgumentException e) {
      throw file.refused("schedule", e.getMessage(), "beta of a schedule");
    }
  }

  private static <E extends Enum<E>> E choice(
      ConfigFile file, String key, @Nullable E otherwise, E[] values) {
    String text = file.text(key, otherwise == null ? "missing" : word(otherwise));
    List<String> words = new ArrayList<>();
    for (E each : values) {
      if (word(each).equals(text)) {
        return each;
      }
      words.add(word(each));
    }
    throw file.refused(key, text, "one of " + String.join(", ", words));
  }

  private static String word(Enum<?> value) {
    return WireJson.MAPPER.valueToTree(value).asText();
  }

  private static ObjectNode parameters(
      GuestStage stage, GuestPredictor predictor, DiffusionConfig config) {
    boolean captioned = predictor.hearsCaptions();
    ObjectNode schema =
        new DiffusionParameters(
                Sampler.NAMES.get(0),
                Math.min(STEPS, config.timesteps()),
                config.timesteps(),
                captioned ? GUIDANCE : 1,
                DynamicThreshold.USUAL,
                predictor.enlarges() ? 0 : DiffusionParameters.NO_SMALL_PICTURE)
            .schema(config.history());
    DiffusionParameters.initially(schema, "threshold", stage.latents() ? "none" : "static");
    if (!captioned) {
      schema.withObject("properties").withObject("guidance").put("minimum", 1).put("maximum", 1);
    }
    return schema;
  }

  /** Whether values fit their settings shows when the bundle is described. */
  private static void setDefaults(ObjectNode schema, JsonNode defaults, String place) {
    ConfigFile file = object(defaults, place);
    ObjectNode properties = schema.withObject("properties");
    properties
        .properties()
        .forEach(
            each -> {
              @Nullable JsonNode value = file.value(each.getKey());
              if (value != null) {
                properties.withObject(each.getKey()).set("default", value);
              }
            });
    file.requireNoOthers();
  }
}
