package dev.cascadefarm.diffusion.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPreset;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.train.DiffusionTraining;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A stage's U-Net, and what it is taught.
 *
 * @param arguments of the U-Net, by MinImagen's names; what follows from the other stages is left
 *     out
 * @param frame sizes of its pictures
 * @param sampling how a job runs it when it says nothing else
 */
public record UnetRecipe(
    ObjectNode arguments, Frame frame, DiffusionTraining training, Sampling sampling) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  /** Arguments that a recipe's other parts decide, or that follow from others. */
  private static final List<String> DECIDED =
      List.of("channels", "channels_out", "text_embed_dim", "lowres_cond", "max_text_len");

  private static final int MAX_SIDE = 4096;

  /**
   * How a job runs the stage when it says nothing else.
   *
   * @param aug noise level of the small picture
   */
  public record Sampling(int steps, double guidance, double aug) {}

  /**
   * The U-Net for captions of that form.
   *
   * @param textWidth of an embedding
   * @param maxTextLen tokens of a caption
   */
  public UnetConfig unet(int textWidth, int maxTextLen) {
    ObjectNode all = arguments.deepCopy();
    all.put("channels", 3).put("text_embed_dim", textWidth).put("max_text_len", maxTextLen);
    all.put("lowres_cond", frame.lowresSide() > 0);
    try {
      return JSON.treeToValue(all, UnetConfig.class);
    } catch (UnrecognizedPropertyException e) {
      throw new IllegalArgumentException(
          "%s: unknown (expected: preset or an argument of MinImagen's Unet: %s)"
              .formatted(e.getPropertyName(), e.getKnownPropertyIds()),
          e);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          cause instanceof IllegalArgumentException ? cause.getMessage() : e.getOriginalMessage(),
          e);
    }
  }

  /**
   * Reads a stage.
   *
   * @param lowresSide side of the stage before; 0 if there is none
   */
  static UnetRecipe read(Section stage, int lowresSide) {
    int side = stage.integer("side", 1, MAX_SIDE);
    int crop = stage.integer("crop", side, 1, MAX_SIDE);
    int cropSteps = stage.integer("crop_steps", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
    long cropBatches = (long) cropSteps * stage.integer("accumulate", 1, 1, MAX_SIDE);
    Frame frame = stage.make(() -> new Frame(side, lowresSide, crop, cropBatches));
    Section training = stage.optionalSection("training");
    Section sampling = stage.optionalSection("sampling");
    DiffusionTraining taught = training(training);
    UnetRecipe recipe =
        new UnetRecipe(
            arguments(stage),
            frame,
            taught,
            new Sampling(
                sampling.integer("steps", 20, 1, taught.timesteps()),
                sampling.number("guidance", 3, 0, 30),
                sampling.number("aug", 0.1, 0, 1)));
    sampling.requireNoOthers();
    UnetConfig unet = stage.section("unet").make(() -> recipe.unet(8, 8));
    requireMultiple(stage, "side", side, unet);
    requireMultiple(stage, "crop", crop, unet);
    return recipe;
  }

  private static void requireMultiple(Section stage, String key, int value, UnetConfig unet) {
    if (value % unet.sideMultiple() != 0) {
      throw stage.refused(key, value, "a multiple of " + unet.sideMultiple() + ", for dim_mults");
    }
  }

  private static ObjectNode arguments(Section stage) {
    JsonNode tree = stage.tree("unet");
    if (!(tree instanceof ObjectNode given)) {
      throw stage.refused("unet", tree, "keys and values");
    }
    for (String each : DECIDED) {
      if (given.has(each)) {
        throw stage.refused("unet." + each, given.get(each), "nothing: it follows from the recipe");
      }
    }
    ObjectNode arguments = JSON.createObjectNode();
    if (given.has("preset")) {
      UnetPreset preset =
          stage.section("unet").make(() -> UnetPreset.of(given.get("preset").asText()));
      arguments = JSON.valueToTree(preset.builder().build());
      arguments.remove(DECIDED);
      arguments.remove("cond_dim");
    }
    arguments.setAll(given);
    arguments.remove("preset");
    return arguments;
  }

  private static DiffusionTraining training(Section from) {
    String objective = from.choice("objective", "v", names(Objective.values()));
    String loss = from.choice("loss", "l2", names(LossKind.values()));
    String augmentation = from.choice("augmentation", "sample", names(Augmentation.values()));
    DiffusionTraining training =
        from.make(
            () ->
                new DiffusionTraining(
                    from.choice("schedule", "cosine", Set.of("cosine", "linear")),
                    from.integer("timesteps", 1000, 21, 1 << 16),
                    value(Objective.class, objective),
                    value(LossKind.class, loss),
                    from.number("min_snr_gamma", 0, 0, 1e9),
                    from.number("caption_drop", 0.1, 0, 1),
                    value(Augmentation.class, augmentation),
                    from.number("max_augmentation", 0.3, 0, 1)));
    from.requireNoOthers();
    return training;
  }

  private static Set<String> names(Enum<?>[] values) {
    return Set.copyOf(
        Arrays.stream(values).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
  }

  private static <E extends Enum<E>> E value(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }
}
