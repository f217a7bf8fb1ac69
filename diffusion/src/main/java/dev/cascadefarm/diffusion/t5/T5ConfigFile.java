package dev.cascadefarm.diffusion.t5;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Reads T5's {@code config.json}. Keys that do not concern the encoder are ignored; a value that
 * this encoder cannot follow is refused by its name.
 */
final class T5ConfigFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode root;
  private final String name;

  private T5ConfigFile(JsonNode root, String name) {
    this.root = root;
    this.name = name;
  }

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for messages
   * @throws T5FilesException if it is not a T5's, or of another kind of T5
   */
  static T5Config parse(byte[] content, String name) {
    try {
      JsonNode root = JSON.readTree(new String(content, StandardCharsets.UTF_8));
      return new T5ConfigFile(root, name).config();
    } catch (JsonProcessingException e) {
      throw new T5FilesException(name + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    } catch (IllegalArgumentException e) {
      throw new T5FilesException(name + ": " + e.getMessage(), e);
    }
  }

  private T5Config config() {
    same("model_type", "t5");
    T5Config config =
        new T5Config(
            number("vocab_size"),
            number("d_model"),
            number("d_kv"),
            number("d_ff"),
            number("num_layers"),
            number("num_heads"),
            number("relative_attention_num_buckets", 32),
            number("relative_attention_max_distance", 128),
            root.path("feed_forward_proj").asText(T5Config.RELU),
            epsilon());
    same("dense_act_fn", config.gated() ? "gelu_new" : "relu");
    same("is_gated_act", Boolean.toString(config.gated()));
    same("eos_token_id", "1");
    return config;
  }

  private int number(String key) {
    JsonNode value = root.path(key);
    if (!value.isInt()) {
      throw fault(key, "a whole number");
    }
    return value.asInt();
  }

  private int number(String key, int otherwise) {
    return root.has(key) ? number(key) : otherwise;
  }

  private double epsilon() {
    String key = "layer_norm_epsilon";
    if (root.has(key) && !root.path(key).isNumber()) {
      throw fault(key, "a number");
    }
    return root.path(key).asDouble(1e-6);
  }

  /** A key that may be absent, but if it is there, must say this. */
  private void same(String key, String expected) {
    if (root.has(key) && !Objects.equals(root.path(key).asText(), expected)) {
      throw fault(key, expected);
    }
  }

  private T5FilesException fault(String key, String expected) {
    return new T5FilesException(
        "%s: %s: %s (expected: %s)"
            .formatted(name, key, root.has(key) ? root.path(key) : "missing", expected));
  }
}
