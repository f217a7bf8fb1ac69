package dev.cascadefarm.diffusion.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file that describes a model, as Hugging Face's libraries write it. Complaints name the
 * file and the key. Not thread-safe.
 */
public final class ConfigFile extends JsonKeys {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String WHOLE = "a whole number";

  private final Function<String, ? extends RuntimeException> complaint;

  private ConfigFile(
      String name, ObjectNode object, Function<String, ? extends RuntimeException> complaint) {
    super(name + ": ", object);
    this.complaint = complaint;
  }

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for complaints
   * @param complaint makes an exception of a message
   */
  public static ConfigFile parse(
      byte[] content, String name, Function<String, ? extends RuntimeException> complaint) {
    try {
      String text = new String(content, StandardCharsets.UTF_8);
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return new ConfigFile(name, object, complaint);
      }
    } catch (JsonProcessingException e) {
      throw complaint.apply(name + ": " + e.getOriginalMessage() + " (expected: JSON)");
    }
    throw complaint.apply(name + ": (expected: a JSON object)");
  }

  @Override
  protected RuntimeException exception(String message) {
    return complaint.apply(message);
  }

  /** A whole number that must be there; its range is for the caller to check. */
  public int integer(String key) {
    JsonNode value = get(key);
    requireThere(value != null && value.isInt(), key, value, WHOLE);
    return value == null ? 0 : value.intValue();
  }

  /** A whole number that may be absent; its range is for the caller to check. */
  public int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  /** A number that may be absent; its range is for the caller to check. */
  public double number(String key, double otherwise) {
    JsonNode value = get(key);
    require(value == null || value.isNumber(), key, value == null ? "" : value, "a number");
    return value == null ? otherwise : value.doubleValue();
  }

  /** A text that may be absent. */
  public String text(String key, String otherwise) {
    JsonNode value = get(key);
    require(value == null || value.isTextual(), key, value == null ? "" : value, "a text");
    return value == null ? otherwise : value.textValue();
  }

  /** Texts in a list; none if it is absent. */
  public List<String> texts(String key) {
    JsonNode value = get(key);
    List<String> texts = new ArrayList<>();
    if (value != null) {
      require(value.isArray(), key, value, "a list");
      for (JsonNode each : value) {
        require(each.isTextual(), key, value, "a list of texts");
        texts.add(each.textValue());
      }
    }
    return texts;
  }

  /** Numbers in a list that must be there. */
  public List<Double> numbers(String key, int count) {
    JsonNode value = get(key);
    List<Double> numbers = new ArrayList<>();
    requireThere(value != null && value.isArray(), key, value, count + " numbers");
    if (value != null) {
      for (JsonNode each : value) {
        require(each.isNumber(), key, value, count + " numbers");
        numbers.add(each.doubleValue());
      }
      require(numbers.size() == count, key, value, count + " numbers");
    }
    return numbers;
  }

  /** Whether a key is there and not null; it is known from now on. */
  public boolean has(String key) {
    return get(key) != null;
  }

  /** What a key holds, whatever it is; null if it is absent. */
  public @Nullable JsonNode value(String key) {
    return get(key);
  }

  /** A key that may be absent, but if it is there, must say this. */
  public void same(String key, String expected) {
    JsonNode value = get(key);
    boolean fits = value == null || value.asText().equals(expected);
    require(fits, key, value == null ? "" : value, expected);
  }

  /** A key that may be absent, but if it is there, must hold an empty object or list. */
  public void empty(String key) {
    JsonNode value = get(key);
    require(value == null || value.isEmpty(), key, value == null ? "" : value, "none");
  }

  /** Keys that may hold anything. */
  public void ignore(Collection<String> keys) {
    keys.forEach(this::get);
  }

  /** Refuses what was neither asked for nor ignored. */
  public void requireNoOthers() {
    requireKnown("one of ");
  }

  private void requireThere(boolean fits, String key, @Nullable JsonNode value, String expected) {
    require(fits, key, value == null ? "missing" : value, expected);
  }
}
