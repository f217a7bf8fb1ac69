package dev.cascadefarm.diffusion.minimagen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of a Python constructor as a JSON object: each may be asked for once by its name, and
 * what was not asked for is unknown. Errors name the file and the key. Not thread-safe.
 */
final class Arguments {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String source;
  private final ObjectNode object;
  private final Set<String> known = new TreeSet<>();

  private Arguments(String source, ObjectNode object) {
    this.source = source;
    this.object = object;
  }

  /**
   * Reads a file.
   *
   * @throws TrainingDirectoryException if it is missing, too long, or no JSON object
   */
  static Arguments read(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new TrainingDirectoryException(
            "%s: %d bytes (expected: at most %d)"
                .formatted(file, Files.size(file), MAX_FILE_BYTES));
      }
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new TrainingDirectoryException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static Arguments parse(String source, String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return new Arguments(source, object);
      }
    } catch (JsonProcessingException e) {
      throw new TrainingDirectoryException(
          source + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
    throw new TrainingDirectoryException(source + ": (expected: a JSON object)");
  }

  /** A whole number within bounds. */
  int integer(String key, int otherwise, Range range) {
    Integer value = optionalInteger(key, range);
    return value == null ? otherwise : value;
  }

  /** A whole number within bounds, absent if it is null or not given. */
  @Nullable Integer optionalInteger(String key, Range range) {
    JsonNode value = get(key);
    return value == null ? null : range.of(this, key, value);
  }

  /** One whole number or a list of them. */
  List<Integer> integers(String key, @Nullable List<Integer> otherwise, Range range) {
    return list(key, otherwise, value -> range.of(this, key, value));
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode value = get(key);
    return value == null ? otherwise : flag(key, value);
  }

  /** One truth value or a list of them. */
  List<Boolean> flags(String key, List<Boolean> otherwise) {
    return list(key, otherwise, value -> flag(key, value));
  }

  private boolean flag(String key, JsonNode value) {
    require(value.isBoolean(), key, value, "true or false");
    return value.booleanValue();
  }

  /** A number within {@code [least, most]}. */
  double number(String key, double otherwise, double least, double most) {
    JsonNode value = get(key);
    if (value == null) {
      return otherwise;
    }
    double number = value.doubleValue();
    require(
        value.isNumber() && number >= least && number <= most, key, value, least + " to " + most);
    return number;
  }

  /** A text that {@code allowed} accepts. */
  String text(String key, @Nullable String otherwise, Predicate<String> allowed, String expected) {
    JsonNode value = get(key);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    require(
        value != null && value.isTextual() && allowed.test(value.textValue()),
        key,
        value == null ? "missing" : value,
        expected);
    return value == null ? "" : value.textValue();
  }

  /** Refuses what was not asked for. */
  void requireNoOthers(String constructor) {
    object
        .fieldNames()
        .forEachRemaining(
            key -> require(known.contains(key), key, "unknown", constructor + " takes " + known));
  }

  private <T> List<T> list(String key, @Nullable List<T> otherwise, Function<JsonNode, T> element) {
    JsonNode value = get(key);
    if (value == null) {
      require(otherwise != null, key, "missing", "one value or a list");
      return otherwise == null ? List.of() : otherwise;
    }
    if (!value.isArray()) {
      return List.of(element.apply(value));
    }
    List<T> elements = new ArrayList<>();
    value.forEach(each -> elements.add(element.apply(each)));
    require(!elements.isEmpty(), key, value, "at least one value");
    return List.copyOf(elements);
  }

  private @Nullable JsonNode get(String key) {
    known.add(key);
    JsonNode value = object.get(key);
    return value == null || value.isNull() ? null : value;
  }

  private void require(boolean condition, String key, Object value, String expected) {
    if (!condition) {
      throw new TrainingDirectoryException(
          "%s: %s: %s (expected: %s)".formatted(source, key, value, expected));
    }
  }

  /** The whole numbers from {@code least} to {@code most}, both included. */
  record Range(int least, int most) {
    private int of(Arguments arguments, String key, JsonNode value) {
      arguments.require(
          value.isIntegralNumber()
              && value.canConvertToInt()
              && value.intValue() >= least
              && value.intValue() <= most,
          key,
          value,
          "a whole number, " + least + " to " + most);
      return value.intValue();
    }
  }
}
