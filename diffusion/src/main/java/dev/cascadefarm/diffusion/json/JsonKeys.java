package dev.cascadefarm.diffusion.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a JSON object: each may be asked for by its name, and what was not asked for is
 * unknown. A key that is null counts as not given. Complaints name the key by its path. Not
 * thread-safe.
 */
public abstract class JsonKeys {
  private final String path;
  private final ObjectNode object;
  private final Set<String> known = new TreeSet<>();

  /**
   * An object's keys.
   *
   * @param path what stands before a key in complaints
   */
  protected JsonKeys(String path, ObjectNode object) {
    this.path = path;
    this.object = object;
  }

  /** What a complaint is thrown as. */
  protected abstract RuntimeException exception(String message);

  /** What stands before a key in complaints. */
  protected final String path() {
    return path;
  }

  /** A whole number within {@code [least, most]}. */
  public final int integer(String key, int otherwise, int least, int most) {
    JsonNode value = get(key);
    return value == null ? otherwise : integer(key, value, least, most);
  }

  /** A number within {@code [least, most]}. */
  public final double number(String key, double otherwise, double least, double most) {
    JsonNode value = get(key);
    if (value == null) {
      return otherwise;
    }
    double number = value.doubleValue();
    require(
        value.isNumber() && number >= least && number <= most, key, value, least + " to " + most);
    return number;
  }

  /** A truth value. */
  public final boolean flag(String key, boolean otherwise) {
    JsonNode value = get(key);
    return value == null ? otherwise : flag(key, value);
  }

  /** A complaint about a key. */
  public final RuntimeException refused(String key, Object found, String expected) {
    return exception("%s%s: %s (expected: %s)".formatted(path, key, found, expected));
  }

  /** What is there under a key, which is known from now on. */
  protected final @Nullable JsonNode get(String key) {
    known.add(key);
    JsonNode value = object.get(key);
    return value == null || value.isNull() ? null : value;
  }

  /** A value of a key, or one of its values, as a whole number within {@code [least, most]}. */
  protected final int integer(String key, JsonNode value, int least, int most) {
    boolean fits =
        value.isIntegralNumber()
            && value.canConvertToInt()
            && value.intValue() >= least
            && value.intValue() <= most;
    require(fits, key, value, "a whole number, " + least + " to " + most);
    return value.intValue();
  }

  /** A value of a key, or one of its values, as a truth value. */
  protected final boolean flag(String key, JsonNode value) {
    require(value.isBoolean(), key, value, "true or false");
    return value.booleanValue();
  }

  /**
   * Refuses what was not asked for.
   *
   * @param takes what stands before the known keys in the complaint
   */
  protected final void requireKnown(String takes) {
    unknown().forEach(key -> require(false, key, "unknown", takes + known));
  }

  /** What was not asked for, in the order of the file. */
  protected final List<String> unknown() {
    List<String> unknown = new ArrayList<>();
    object
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                unknown.add(key);
              }
            });
    return unknown;
  }

  /** Refuses a key unless {@code fits}. */
  protected final void require(boolean fits, String key, Object found, String expected) {
    if (!fits) {
      throw refused(key, found, expected);
    }
  }
}
