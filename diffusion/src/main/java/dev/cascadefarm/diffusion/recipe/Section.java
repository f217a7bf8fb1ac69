package dev.cascadefarm.diffusion.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.json.JsonKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** One object of a recipe. Not thread-safe. */
final class Section extends JsonKeys {
  private Section(String path, ObjectNode object) {
    super(path, object);
  }

  /**
   * A recipe's outermost object.
   *
   * @param source what messages start with
   */
  static Section root(String source, JsonNode tree) {
    return of(source + ": ", tree, source);
  }

  private static Section of(String path, JsonNode value, String where) {
    if (value instanceof ObjectNode object) {
      return new Section(path, object);
    }
    throw new RecipeException(where + ": " + value + " (expected: keys and values)");
  }

  boolean has(String key) {
    return get(key) != null;
  }

  /** An object that must be there. */
  Section section(String key) {
    return of(path() + key + ".", required(key, "keys and values"), path() + key);
  }

  /** An object; empty if it is not there. */
  Section optionalSection(String key) {
    return has(key)
        ? section(key)
        : new Section(path() + key + ".", JsonNodeFactory.instance.objectNode());
  }

  /** A list of objects that must be there, with at least one. */
  List<Section> sections(String key) {
    JsonNode list = required(key, "a list");
    require(list.isArray() && !list.isEmpty(), key, list, "a list, not empty");
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String element = path() + key + "[" + i + "]";
      sections.add(of(element + ".", list.get(i), element));
    }
    return sections;
  }

  String text(String key) {
    JsonNode value = required(key, "text");
    require(value.isTextual() && !value.asText().isBlank(), key, value, "text");
    return value.textValue();
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** One of those words. */
  String choice(String key, String otherwise, Set<String> words) {
    String word = text(key, otherwise);
    require(words.contains(word), key, word, String.join(", ", new TreeSet<>(words)));
    return word;
  }

  /** A list of texts that must be there, with at least one. */
  List<String> texts(String key) {
    JsonNode list = required(key, "a list of texts");
    require(list.isArray() && !list.isEmpty(), key, list, "a list of texts, not empty");
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list) {
      require(each.isTextual(), key, list, "a list of texts");
      texts.add(each.textValue());
    }
    return texts;
  }

  /** A list of whole numbers, with at least one. */
  List<Integer> integers(String key, List<Integer> otherwise, int least, int most) {
    JsonNode list = get(key);
    if (list == null) {
      return otherwise;
    }
    require(list.isArray() && !list.isEmpty(), key, list, "a list of whole numbers, not empty");
    List<Integer> integers = new ArrayList<>();
    for (JsonNode each : list) {
      integers.add(integer(key, each, least, most));
    }
    return integers;
  }

  /** A whole number that must be there. */
  int integer(String key, int least, int most) {
    required(key, "a whole number, " + least + " to " + most);
    return integer(key, 0, least, most);
  }

  long number64(String key, long otherwise) {
    JsonNode value = get(key);
    if (value == null) {
      return otherwise;
    }
    require(value.canConvertToLong() && value.isIntegralNumber(), key, value, "a whole number");
    return value.longValue();
  }

  /** What is there under a key, as it is. */
  JsonNode tree(String key) {
    return required(key, "a value");
  }

  /** Refuses what was not asked for. */
  void requireNoOthers() {
    requireKnown("one of ");
  }

  /** Makes something of the section's values, whose own complaints get the section's path. */
  <T> T make(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw new RecipeException(path() + e.getMessage(), e);
    }
  }

  @Override
  protected RuntimeException exception(String message) {
    return new RecipeException(message);
  }

  private JsonNode required(String key, String expected) {
    JsonNode value = get(key);
    if (value == null) {
      throw refused(key, "missing", expected);
    }
    return value;
  }
}
