package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.schema.SchemaCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The settings that a bundle's parameters allow, with their defaults. Thread-safe. */
public final class StageSettings {
  private final JsonNode properties;
  private final SchemaCheck check;

  private StageSettings(JsonNode properties, SchemaCheck check) {
    this.properties = properties;
    this.check = check;
  }

  /**
   * The settings of a bundle.
   *
   * @throws InvalidCatalogueException if its parameters are no schema, or a parameter has no
   *     default or one that does not fit
   */
  public static StageSettings of(StageBundle bundle) {
    ObjectNode schema = bundle.parameters().deepCopy();
    schema.put("type", "object").put("additionalProperties", false);
    StageSettings settings;
    try {
      settings = new StageSettings(schema.path("properties"), SchemaCheck.of(schema));
    } catch (IllegalArgumentException e) {
      throw new InvalidCatalogueException(bundle.id() + ": parameters: " + e.getMessage(), e);
    }
    settings.requireDefaults(bundle.id());
    return settings;
  }

  /**
   * {@code given} with every parameter it leaves out at its default.
   *
   * @param stage name of the stage, for messages
   * @throws InvalidRequestException if a key is unknown or a value does not fit; fields are named
   *     {@code STAGE.KEY}
   */
  public ObjectNode complete(String stage, JsonNode given) {
    List<Fault> faults = faults(stage, given);
    if (!faults.isEmpty()) {
      throw new InvalidRequestException(faults);
    }
    ObjectNode complete = WireJson.object();
    for (Map.Entry<String, JsonNode> parameter : properties.properties()) {
      JsonNode value =
          given.has(parameter.getKey())
              ? given.get(parameter.getKey())
              : parameter.getValue().get("default");
      complete.set(parameter.getKey(), plain(value, parameter.getValue()));
    }
    return complete;
  }

  /** What is wrong with {@code given}; empty if nothing is. */
  public List<Fault> faults(String stage, JsonNode given) {
    return check.faults(given).stream().map(fault -> named(stage, fault)).toList();
  }

  private static Fault named(String stage, Fault fault) {
    return fault.field().isEmpty()
        ? new Fault(stage, fault.value(), fault.found(), fault.expected())
        : fault.under(stage);
  }

  /** Names of the parameters, sorted. */
  public List<String> keys() {
    TreeSet<String> keys = new TreeSet<>();
    properties.fieldNames().forEachRemaining(keys::add);
    return new ArrayList<>(keys);
  }

  /** An integer written as {@code 20.0} is 20, so that equal requests are stored equal. */
  private static JsonNode plain(JsonNode value, JsonNode schema) {
    return value.isFloatingPointNumber() && schema.path("type").asText().equals("integer")
        ? LongNode.valueOf(value.longValue())
        : value;
  }

  private void requireDefaults(BundleId id) {
    ObjectNode defaults = WireJson.object();
    for (Map.Entry<String, JsonNode> parameter : properties.properties()) {
      if (!parameter.getValue().has("default")) {
        throw new InvalidCatalogueException(
            id + ": parameters." + parameter.getKey() + ": no default (expected: one)");
      }
      defaults.set(parameter.getKey(), parameter.getValue().get("default"));
    }
    List<Fault> faults = faults("parameters", defaults);
    if (!faults.isEmpty()) {
      throw new InvalidCatalogueException(id + ": default of " + Fault.describe(faults));
    }
  }
}
