package dev.cascadefarm.diffusion.diffusers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part's {@code config.json}. Each key may be asked for by its name, with the value that
 * diffusers takes where the key is absent; what was not asked for is unknown. Not thread-safe.
 */
public final class ConfigFile {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String CLASS_NAME = "_class_name";

  /** What diffusers notes down about the file itself. */
  private static final Set<String> NOTES = Set.of("_diffusers_version", "_name_or_path");

  /** Larger sizes are mistakes: the widest models have some thousand channels. */
  private static final int LARGEST = 1 << 16;

  private static final int MOST_ENTRIES = 32;
  private static final int MOST_LAYERS = 64;

  private final String name;
  private final ObjectNode root;
  private final Set<String> known = new HashSet<>(NOTES);

  private ConfigFile(String name, ObjectNode root) {
    this.name = name;
    this.root = root;
  }

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for messages
   * @throws ConfigException if it is not one JSON object
   */
  public static ConfigFile parse(byte[] content, String name) {
    try {
      JsonNode tree = JSON.readTree(new String(content, StandardCharsets.UTF_8));
      if (tree instanceof ObjectNode object) {
        return new ConfigFile(name, object);
      }
      throw new ConfigException(name + ": " + tree + " (expected: keys and values)");
    } catch (JsonProcessingException e) {
      throw new ConfigException(name + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
  }

  /** The Python class that the file configures. */
  public String className() {
    return text(CLASS_NAME, "");
  }

  /**
   * Demands a class.
   *
   * @throws ConfigException if the file configures another
   */
  public ConfigFile requireClass(String expected) {
    require(className().equals(expected), CLASS_NAME, expected);
    return this;
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    known.add(key);
    return root.has(key);
  }

  /** Whether the key is there and a list. */
  public boolean isList(String key) {
    return has(key) && get(key).isArray();
  }

  public boolean flag(String key, boolean otherwise) {
    return has(key) ? flag(key, get(key)) : otherwise;
  }

  /** True or false; absent if the file says null or nothing. */
  public @Nullable Boolean flagOrNull(String key) {
    return says(key) ? flag(key, get(key)) : null;
  }

  private boolean flag(String key, JsonNode value) {
    require(value.isBoolean(), key, "true or false");
    return value.booleanValue();
  }

  /** A size or count, at least 1. */
  public int size(String key, int otherwise) {
    return has(key) ? size(key, get(key)) : otherwise;
  }

  /** A size or count, at least 1; absent if the file says null or nothing. */
  public @Nullable Integer sizeOrNull(String key) {
    return says(key) ? size(key, get(key)) : null;
  }

  /** A size or count, at least 1; absent only if the file says null. */
  public @Nullable Integer sizeOrNull(String key, int otherwise) {
    return has(key) ? sizeOrNull(key) : Integer.valueOf(otherwise);
  }

  private int size(String key, JsonNode value) {
    boolean fits = value.isInt() && value.intValue() >= 1 && value.intValue() <= LARGEST;
    require(fits, key, "a whole number from 1 to " + LARGEST);
    return value.intValue();
  }

  /** Any finite number. */
  public double number(String key, double otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    require(get(key).isNumber() && Double.isFinite(get(key).doubleValue()), key, "a number");
    return get(key).doubleValue();
  }

  /** A number above 0. */
  public double positive(String key, double otherwise) {
    double number = number(key, otherwise);
    require(number > 0, key, "a number > 0");
    return number;
  }

  public String text(String key, String otherwise) {
    return has(key) ? text(key, get(key)) : otherwise;
  }

  /** Text; absent if the file says null or nothing. */
  public @Nullable String textOrNull(String key) {
    return says(key) ? text(key, get(key)) : null;
  }

  /** Text; absent only if the file says null. */
  public @Nullable String textOrNull(String key, String otherwise) {
    return has(key) ? textOrNull(key) : otherwise;
  }

  private String text(String key, JsonNode value) {
    require(value.isTextual(), key, "text");
    return value.textValue();
  }

  public List<String> texts(String key, List<String> otherwise) {
    return has(key) ? list(key, each -> text(key, each)) : otherwise;
  }

  public List<Integer> sizes(String key, List<Integer> otherwise) {
    return has(key) ? list(key, each -> size(key, each)) : otherwise;
  }

  /** One size for all blocks, or a list with one for each. */
  public List<Integer> sizesOf(int blocks, String key, int otherwise) {
    List<Integer> sizes =
        isList(key) ? sizes(key, List.of()) : Collections.nCopies(blocks, size(key, otherwise));
    require(sizes.size() == blocks, key, "one number, or " + blocks);
    return sizes;
  }

  /** Numbers of layers: one for all blocks, or a list with one for each. */
  public List<Integer> layersOf(int blocks, String key, int otherwise) {
    List<Integer> layers = sizesOf(blocks, key, otherwise);
    require(layers.stream().allMatch(each -> each <= MOST_LAYERS), key, "<= " + MOST_LAYERS);
    return layers;
  }

  /** One truth for all blocks, or a list with one for each. */
  public List<Boolean> flagsOf(int blocks, String key, boolean otherwise) {
    List<Boolean> flags =
        isList(key)
            ? list(key, each -> flag(key, each))
            : Collections.nCopies(blocks, flag(key, otherwise));
    require(flags.size() == blocks, key, "true or false, or " + blocks + " of them");
    return flags;
  }

  /** Height and width: one number for both, or two; empty if the file says null or nothing. */
  public List<Integer> heightAndWidth(String key) {
    if (!says(key)) {
      return List.of();
    }
    List<Integer> sizes = sizesOf(2, key, 1);
    return List.copyOf(sizes);
  }

  private <T> List<T> list(String key, Function<JsonNode, T> element) {
    JsonNode value = get(key);
    boolean fits = value.isArray() && !value.isEmpty() && value.size() <= MOST_ENTRIES;
    require(fits, key, "a list of 1 to " + MOST_ENTRIES);
    List<T> list = new ArrayList<>();
    value.forEach(each -> list.add(element.apply(each)));
    return List.copyOf(list);
  }

  /** Accepts keys that say nothing about the arithmetic of one pass. */
  public void ignore(String... keys) {
    known.addAll(List.of(keys));
  }

  /** Accepts a key only if it says null or nothing. */
  public void onlyNull(String... keys) {
    for (String key : keys) {
      require(!says(key), key, "null");
    }
  }

  /** Accepts a key only if it says this or nothing. */
  public void only(String key, boolean value) {
    require(flag(key, value) == value, key, Boolean.toString(value));
  }

  /** Accepts a key only if it says this or nothing. */
  public void only(String key, String value) {
    require(text(key, value).equals(value), key, value);
  }

  /**
   * Ends the reading.
   *
   * @throws ConfigException naming every key that nobody asked for
   */
  public void finish() {
    Set<String> unknown = new TreeSet<>();
    root.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      String first = unknown.iterator().next();
      throw new ConfigException(
          "%s: unknown %s, the first is %s (expected: keys of %s)"
              .formatted(name, unknown, root.get(first), className()));
    }
  }

  /**
   * Demands something of a key's value.
   *
   * @throws ConfigException naming the key and its value
   */
  public void require(boolean fits, String key, String expected) {
    if (!fits) {
      throw fault(key, expected);
    }
  }

  /** A complaint about a key's value. */
  public ConfigException fault(String key, String expected) {
    JsonNode value = root.get(key);
    return new ConfigException(
        "%s: %s: %s (expected: %s)"
            .formatted(name, key, value == null ? "missing" : value, expected));
  }

  /** Whether the key is there and not null. */
  private boolean says(String key) {
    return has(key) && !get(key).isNull();
  }

  private JsonNode get(String key) {
    return root.path(key);
  }
}
