package dev.cascadefarm.diffusion.diffusers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.json.JsonKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The {@code config.json} of a part of a diffusers pipeline. Each key is asked for with the value
 * that diffusers takes where the key is absent, which is not what null means there. Not
 * thread-safe.
 */
public final class DiffusersConfig extends JsonKeys {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String CLASS_NAME = "_class_name";

  /** Larger sizes are mistakes: the widest models have some thousand channels. */
  private static final int LARGEST = 1 << 16;

  private static final int MOST_ENTRIES = 32;
  private static final int MOST_LAYERS = 64;

  private final ObjectNode root;

  private DiffusersConfig(String name, ObjectNode root) {
    super(name + ": ", root);
    this.root = root;
  }

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for messages
   * @throws ConfigException if it is not one JSON object
   */
  public static DiffusersConfig parse(byte[] content, String name) {
    try {
      JsonNode tree = JSON.readTree(new String(content, StandardCharsets.UTF_8));
      if (tree instanceof ObjectNode object) {
        return new DiffusersConfig(name, object);
      }
      throw new ConfigException(name + ": " + tree + " (expected: keys and values)");
    } catch (JsonProcessingException e) {
      throw new ConfigException(name + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
  }

  @Override
  protected ConfigException exception(String message) {
    return new ConfigException(message);
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
  public DiffusersConfig requireClass(String expected) {
    require(className().equals(expected), CLASS_NAME, expected);
    return this;
  }

  /** Whether the key is there and a list. */
  public boolean isList(String key) {
    JsonNode value = get(key);
    return value != null && value.isArray();
  }

  /** True or false. */
  public boolean is(String key, boolean otherwise) {
    requireSaid(key, "true or false");
    return flag(key, otherwise);
  }

  /** True or false; absent if the file says null or nothing. */
  public @Nullable Boolean flagOrNull(String key) {
    JsonNode value = get(key);
    return value == null ? null : flag(key, value);
  }

  /** A size or count, at least 1. */
  public int size(String key, int otherwise) {
    requireSaid(key, "a whole number, 1 to " + LARGEST);
    return integer(key, otherwise, 1, LARGEST);
  }

  /** A size or count, at least 1; absent if the file says null or nothing. */
  public @Nullable Integer sizeOrNull(String key) {
    JsonNode value = get(key);
    return value == null ? null : size(key, value);
  }

  /** A size or count, at least 1; absent only if the file says null. */
  public @Nullable Integer sizeOrNull(String key, int otherwise) {
    return saysNull(key) ? null : Integer.valueOf(size(key, otherwise));
  }

  private int size(String key, JsonNode value) {
    return integer(key, value, 1, LARGEST);
  }

  /** Any finite number. */
  public double number(String key, double otherwise) {
    JsonNode value = get(key);
    boolean fits = value == null || (value.isNumber() && Double.isFinite(value.doubleValue()));
    require(fits && !saysNull(key), key, "a number");
    return value == null ? otherwise : value.doubleValue();
  }

  /** A number above 0. */
  public double positive(String key, double otherwise) {
    double number = number(key, otherwise);
    require(number > 0, key, "a number > 0");
    return number;
  }

  public String text(String key, String otherwise) {
    requireSaid(key, "text");
    JsonNode value = get(key);
    return value == null ? otherwise : text(key, value);
  }

  /** Text; absent if the file says null or nothing. */
  public @Nullable String textOrNull(String key) {
    JsonNode value = get(key);
    return value == null ? null : text(key, value);
  }

  /** Text; absent only if the file says null. */
  public @Nullable String textOrNull(String key, String otherwise) {
    return saysNull(key) ? null : text(key, otherwise);
  }

  private String text(String key, JsonNode value) {
    require(value.isTextual(), key, "text");
    return value.textValue();
  }

  public List<String> texts(String key, List<String> otherwise) {
    return list(key, otherwise, each -> text(key, each));
  }

  public List<Integer> sizes(String key, List<Integer> otherwise) {
    return list(key, otherwise, each -> size(key, each));
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
            ? list(key, List.of(), each -> flag(key, each))
            : Collections.nCopies(blocks, is(key, otherwise));
    require(flags.size() == blocks, key, "true or false, or " + blocks + " of them");
    return flags;
  }

  /** Height and width: one number for both, or two; empty if the file says null or nothing. */
  public List<Integer> heightAndWidth(String key) {
    return get(key) == null ? List.of() : sizesOf(2, key, 1);
  }

  private <T> List<T> list(String key, List<T> otherwise, Function<JsonNode, T> element) {
    String expected = "a list of 1 to " + MOST_ENTRIES;
    requireSaid(key, expected);
    JsonNode value = get(key);
    if (value == null) {
      return otherwise;
    }
    boolean fits = value.isArray() && !value.isEmpty() && value.size() <= MOST_ENTRIES;
    require(fits, key, expected);
    List<T> list = new ArrayList<>();
    value.forEach(each -> list.add(element.apply(each)));
    return List.copyOf(list);
  }

  /** Accepts keys that say nothing about the arithmetic of one pass. */
  public void ignore(String... keys) {
    List.of(keys).forEach(this::get);
  }

  /** Accepts a key only if it says null or nothing. */
  public void onlyNull(String... keys) {
    for (String key : keys) {
      require(get(key) == null, key, "null");
    }
  }

  /** Accepts a key only if it says this or nothing. */
  public void only(String key, boolean value) {
    require(is(key, value) == value, key, Boolean.toString(value));
  }

  /** Accepts a key only if it says this or nothing. */
  public void only(String key, String value) {
    require(text(key, value).equals(value), key, value);
  }

  /**
   * Ends the reading.
   *
   * @throws ConfigException naming a key that nobody asked for
   */
  public void finish() {
    ignore("_diffusers_version", "_name_or_path");
    requireKnown(className() + "'s ");
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
  public RuntimeException fault(String key, String expected) {
    JsonNode value = root.get(key);
    return refused(key, value == null ? "missing" : value, expected);
  }

  private void requireSaid(String key, String expected) {
    require(!saysNull(key), key, expected);
  }

  private boolean saysNull(String key) {
    return get(key) == null && root.has(key);
  }
}
