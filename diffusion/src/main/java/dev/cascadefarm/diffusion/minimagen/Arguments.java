package dev.cascadefarm.diffusion.minimagen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.json.JsonKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Arguments of a Python constructor as a JSON object. Not thread-safe. */
final class Arguments extends JsonKeys {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Arguments(String source, ObjectNode object) {
    super(source + ": ", object);
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
    return integer(key, otherwise, range.least(), range.most());
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

  /** One truth value or a list of them. */
  List<Boolean> flags(String key, List<Boolean> otherwise) {
    return list(key, otherwise, value -> flag(key, value));
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
    requireKnown(constructor + " takes ");
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

  @Override
  protected RuntimeException exception(String message) {
    return new TrainingDirectoryException(message);
  }

  /** The whole numbers from {@code least} to {@code most}, both included. */
  record Range(int least, int most) {
    private int of(Arguments arguments, String key, JsonNode value) {
      return arguments.integer(key, value, least, most);
    }
  }
}
