package dev.cascadefarm.diffusion.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.json.JsonKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of a scheduler's configuration. Not thread-safe. */
final class SchedulerKeys extends JsonKeys {
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

  SchedulerKeys(ObjectNode object, String name) {
    super(name + ": ", withoutDefaults(object));
  }

  /** Without the values that diffusers marks as nobody's choice. */
  private static ObjectNode withoutDefaults(ObjectNode object) {
    ObjectNode chosen = object.deepCopy();
    object.path("_use_default_values").forEach(each -> chosen.remove(each.asText()));
    return chosen;
  }

  @Override
  protected SchedulerConfigException exception(String message) {
    return new SchedulerConfigException(message);
  }

  String className() {
    return text("_class_name", "");
  }

  /** Numbers in a list; none if it is absent. */
  List<Double> numbers(String key) {
    JsonNode value = get(key);
    List<Double> numbers = new ArrayList<>();
    if (value != null) {
      require(value.isArray() && !value.isEmpty(), key, value, "a list of numbers");
      for (JsonNode each : value) {
        require(each.isNumber(), key, value, "a list of numbers");
        numbers.add(each.doubleValue());
      }
    }
    return numbers;
  }

  private String text(String key, String otherwise) {
    JsonNode value = get(key);
    if (value == null) {
      return otherwise;
    }
    require(value.isTextual(), key, value, "a text");
    return value.textValue();
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
    if (value != null) {
      require(value.asText().equals(expected), key, value, expected);
    }
  }

  /** Flags that must be absent or false, for nothing else is implemented. */
  void off(String... keys) {
    for (String key : keys) {
      require(!flag(key, false), key, "true", "false, for true is not implemented");
    }
  }

  /** Flags that must be absent or true, for nothing else is implemented. */
  void on(String... keys) {
    for (String key : keys) {
      require(flag(key, true), key, "false", "true, for false is not implemented");
    }
  }

  /** Keys that must be absent, null or an empty list, for nothing else is implemented. */
  void none(String... keys) {
    for (String key : keys) {
      JsonNode value = get(key);
      if (value != null) {
        require(value.isArray() && value.isEmpty(), key, value, "null");
      }
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
    List<String> others = unknown().stream().filter(key -> !key.startsWith("_")).toList();
    for (String key : others) {
      require(OF_ANY.contains(key), key, "unknown", "a key that diffusers' schedulers have");
    }
    return others;
  }
}
