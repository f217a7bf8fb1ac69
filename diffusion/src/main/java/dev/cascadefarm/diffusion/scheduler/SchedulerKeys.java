package dev.cascadefarm.diffusion.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a scheduler's configuration. What was not asked for and no scheduler knows is refused
 * in the end. Not thread-safe.
 */
final class SchedulerKeys {
  /** Keys of any of the schedulers; diffusers carries them along from one to another. */
  private static final Set<String> OF_ANY =
      Set.of(
          "num_train_timesteps",
          "beta_start",
          "beta_end",
          "beta_schedule",
          "trained_betas",
          "prediction_type",
          "timestep_spacing",
          "steps_offset",
          "skip_prk_steps",
          "set_alpha_to_one",
          "use_karras_sigmas",
          "use_exponential_sigmas",
          "use_beta_sigmas",
          "clip_sample",
          "clip_sample_range",
          "thresholding",
          "dynamic_thresholding_ratio",
          "sample_max_value",
          "rescale_betas_zero_snr",
          "variance_type",
          "interpolation_type",
          "sigma_min",
          "sigma_max",
          "timestep_type",
          "final_sigmas_type",
          "solver_order",
          "algorithm_type",
          "solver_type",
          "lower_order_final",
          "euler_at_final",
          "use_lu_lambdas",
          "use_flow_sigmas",
          "flow_shift",
          "lambda_min_clipped",
          "use_dynamic_shifting",
          "time_shift_type",
          "predict_x0",
          "disable_corrector",
          "solver_p",
          "shift_terminal");

  private final String name;
  private final ObjectNode object;
  private final Set<String> absent = new HashSet<>();
  private final Set<String> asked = new TreeSet<>();

  SchedulerKeys(ObjectNode object, String name) {
    this.object = object;
    this.name = name;
    object.path("_use_default_values").forEach(each -> absent.add(each.asText()));
  }

  String className() {
    return text("_class_name", "");
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode value = get(key);
    require(value == null || value.isBoolean(), key, "true or false");
    return value == null ? otherwise : value.booleanValue();
  }

  int integer(String key, int otherwise, int least, int most) {
    JsonNode value = get(key);
    require(
        value == null
            || (value.canConvertToExactIntegral()
                && value.canConvertToInt()
                && value.intValue() >= least
                && value.intValue() <= most),
        key,
        "a whole number, %d to %d".formatted(least, most));
    return value == null ? otherwise : value.intValue();
  }

  double number(String key, double otherwise, double least, double most) {
    JsonNode value = get(key);
    require(
        value == null
            || (value.isNumber() && value.doubleValue() >= least && value.doubleValue() <= most),
        key,
        "a number, %s to %s".formatted(least, most));
    return value == null ? otherwise : value.doubleValue();
  }

  /** Numbers in a list; none if it is absent. */
  List<Double> numbers(String key) {
    JsonNode value = get(key);
    List<Double> numbers = new ArrayList<>();
    if (value != null) {
      require(value.isArray() && !value.isEmpty(), key, "a list of numbers");
      for (JsonNode each : value) {
        require(each.isNumber(), key, "a list of numbers");
        numbers.add(each.doubleValue());
      }
    }
    return numbers;
  }

  private String text(String key, String otherwise) {
    JsonNode value = get(key);
    require(value == null || value.isTextual(), key, "a text");
    return value == null ? otherwise : value.textValue();
  }

  /**
   * One of several words.
   *
   * @param meanings what each word stands for, in the order complaints list them
   */
  <T> T choice(String key, String otherwise, Choice<T> meanings) {
    String word = text(key, otherwise);
    T meaning = meanings.words.get(word);
    if (meaning == null) {
      throw refused(key, word, String.join(" or ", meanings.words.keySet()));
    }
    return meaning;
  }

  /** Words and what they stand for. */
  static final class Choice<T> {
    private final Map<String, T> words = new LinkedHashMap<>();

    static <T> Choice<T> of(String word, T meaning) {
      return new Choice<T>().or(word, meaning);
    }

    Choice<T> or(String word, T meaning) {
      words.put(word, meaning);
      return this;
    }
  }

  /** A key that must be absent or say this, for nothing else is implemented. */
  void only(String key, String expected) {
    JsonNode value = get(key);
    require(value == null || value.asText().equals(expected), key, expected);
  }

  /** Flags that must be absent or false, for nothing else is implemented. */
  void off(String... keys) {
    for (String key : keys) {
      require(!flag(key, false), key, "false, for true is not implemented");
    }
  }

  /** Keys that must be absent, null or an empty list, for nothing else is implemented. */
  void none(String... keys) {
    for (String key : keys) {
      JsonNode value = get(key);
      require(value == null || (value.isArray() && value.isEmpty()), key, "null");
    }
  }

  /** Keys that have no effect, given what the others say. */
  void idle(String... keys) {
    for (String key : keys) {
      get(key);
    }
  }

  /** Refuses keys that no scheduler knows; returns those that only others do. */
  List<String> ignored() {
    List<String> ignored = new ArrayList<>();
    object
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!key.startsWith("_") && !asked.contains(key)) {
                require(OF_ANY.contains(key), key, "no such key, or one of " + asked);
                ignored.add(key);
              }
            });
    return ignored;
  }

  SchedulerConfigException refused(String key, Object found, String expected) {
    return new SchedulerConfigException(
        "%s: %s: %s (expected: %s)".formatted(name, key, found, expected));
  }

  /** What is there under a key, null if nothing. */
  private @Nullable JsonNode get(String key) {
    asked.add(key);
    JsonNode value = absent.contains(key) ? null : object.get(key);
    return value == null || value.isNull() ? null : value;
  }

  void require(boolean fits, String key, String expected) {
    if (!fits) {
      throw refused(key, object.path(key), expected);
    }
  }
}
