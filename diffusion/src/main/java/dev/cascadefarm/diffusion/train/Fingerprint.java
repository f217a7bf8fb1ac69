package dev.cascadefarm.diffusion.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What shapes the numbers of a run, by name: its model, its data, its optimizer, its seed; not how
 * long it is, nor how often it saves. It is kept with every checkpoint, and a run goes on only by
 * what it began with.
 *
 * @param values empty where nothing is known; then everything fits
 */
public record Fingerprint(Map<String, String> values) {
  /** Of a run that says nothing of itself. */
  public static final Fingerprint NONE = new Fingerprint(Map.of());

  /** Of its names in a checkpoint. */
  private static final String PREFIX = "recipe.";

  private static final int MOST_NAMED = 5;

  public Fingerprint {
    values = Map.copyOf(values);
  }

  /** The leaves of an object, each by its path, as text. */
  public static Fingerprint of(JsonNode tree) {
    Map<String, String> values = new TreeMap<>();
    collect("", tree, values);
    return new Fingerprint(values);
  }

  private static void collect(String path, JsonNode node, Map<String, String> values) {
    if (!node.isObject()) {
      values.put(path, node.isTextual() ? node.textValue() : node.toString());
      return;
    }
    node.properties()
        .forEach(
            each -> {
              String name = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
              collect(name, each.getValue(), values);
            });
  }

  static Fingerprint ofMetadata(Map<String, String> metadata) {
    Map<String, String> values = new TreeMap<>();
    metadata.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            values.put(name.substring(PREFIX.length()), value);
          }
        });
    return new Fingerprint(values);
  }

  /** Names and values in the names' order. */
  @Override
  public String toString() {
    return new TreeMap<>(values).toString();
  }

  Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    values.forEach((name, value) -> metadata.put(PREFIX + name, value));
    return metadata;
  }

  /**
   * Refuses a checkpoint of a run that began with something else. What an earlier version of the
   * farm did not keep is not asked for.
   *
   * @param begun what the run began with
   * @throws TrainingException naming what differs
   */
  void requireSame(Fingerprint begun, Path checkpoint) {
    if (values.isEmpty()) {
      return;
    }
    List<String> differences = new ArrayList<>();
    new TreeMap<>(begun.values)
        .forEach(
            (name, before) -> {
              String now = values.getOrDefault(name, "absent");
              if (!now.equals(before)) {
                differences.add("%s: %s, was %s".formatted(name, now, before));
              }
            });
    if (!differences.isEmpty()) {
      int named = Math.min(MOST_NAMED, differences.size());
      String more =
          named == differences.size() ? "" : "; %d more".formatted(differences.size() - named);
      throw new TrainingException(
          "%s: %s%s (expected: the recipe the run began with, or start anew without --resume)"
              .formatted(checkpoint, String.join("; ", differences.subList(0, named)), more));
    }
  }
}
