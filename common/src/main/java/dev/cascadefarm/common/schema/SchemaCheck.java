package dev.cascadefarm.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaException;
import io.vertx.json.schema.Validator;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A JSON Schema (2020-12, without references) that documents are checked against. Thread-safe. */
public final class SchemaCheck {
  /** Keywords that only say that something inside them is wrong. */
  private static final Set<String> WRAPPERS =
      Set.of("properties", "patternProperties", "items", "allOf", "$ref", "propertyNames");

  private final JsonNode schema;
  private final Validator validator;

  private SchemaCheck(JsonNode schema, Validator validator) {
    this.schema = schema;
    this.validator = validator;
  }

  /**
   * A check against that schema.
   *
   * @throws IllegalArgumentException if it is no schema
   */
  public static SchemaCheck of(JsonNode schema) {
    JsonSchemaOptions options =
        new JsonSchemaOptions()
            .setDraft(Draft.DRAFT202012)
            .setBaseUri("https://cascadefarm.dev/schema")
            .setOutputFormat(OutputFormat.Basic);
    try {
      JsonSchema parsed = JsonSchema.of(new JsonObject(schema.toString()));
      return new SchemaCheck(schema.deepCopy(), Validator.create(parsed, options));
    } catch (SchemaException | io.vertx.core.json.DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("not a JSON Schema: " + schema, e);
    }
  }

  /** What is wrong with {@code document}, in the order found; empty if nothing is. */
  public List<Fault> faults(JsonNode document) {
    OutputUnit result = validator.validate(Json.decodeValue(finite(document).toString()));
    if (Boolean.TRUE.equals(result.getValid())) {
      return List.of();
    }
    Map<String, Fault> faults = new LinkedHashMap<>();
    if (result.getErrors() != null) {
      for (OutputUnit unit : result.getErrors()) {
        explain(unit, document).forEach(fault -> faults.putIfAbsent(fault.field(), fault));
      }
    }
    return faults.isEmpty()
        ? List.of(Fault.of("", document, Expectation.of(schema)))
        : List.copyOf(faults.values());
  }

  /**
   * The document with the largest numbers in the place of those that are larger: the validator
   * reads them as infinite and takes that for text.
   */
  private static JsonNode finite(JsonNode node) {
    if (node.isNumber() && Double.isInfinite(node.doubleValue())) {
      return DoubleNode.valueOf(Math.copySign(Double.MAX_VALUE, node.doubleValue()));
    } else if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(each -> copy.set(each.getKey(), finite(each.getValue())));
      return copy;
    } else if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(each -> copy.add(finite(each)));
      return copy;
    }
    return node;
  }

  private List<Fault> explain(OutputUnit unit, JsonNode document) {
    String location = unit.getKeywordLocation();
    String keyword = location.substring(location.lastIndexOf('/') + 1);
    List<String> path = path(unit.getInstanceLocation());
    String field = String.join(".", path);
    @Nullable JsonNode value = value(document, path);
    if (WRAPPERS.contains(keyword) || value == null) {
      return List.of();
    }
    if (keyword.equals("required")) {
      return missing(field, subschema(path), value);
    }
    if (keyword.equals("additionalProperties")) {
      return unknown(field, path);
    }
    return List.of(Fault.of(field, value, Expectation.of(subschema(path))));
  }

  private static List<Fault> missing(String field, JsonNode schema, JsonNode value) {
    List<Fault> faults = new ArrayList<>();
    for (JsonNode required : schema.path("required")) {
      String name = required.asText();
      if (!value.has(name)) {
        String expected = Expectation.of(schema.path("properties").path(name));
        faults.add(Fault.missing(Fault.join(field, name), expected));
      }
    }
    return faults;
  }

  /** The validator reports known properties that do not fit as additional ones, too. */
  private List<Fault> unknown(String field, List<String> path) {
    JsonNode parent = subschema(path.subList(0, path.size() - 1));
    boolean known = parent.path("properties").has(path.get(path.size() - 1));
    return known || parent.path("additionalProperties").isObject()
        ? List.of()
        : List.of(Fault.unknown(field, known(parent)));
  }

  private static Set<String> known(JsonNode schema) {
    Set<String> names = new TreeSet<>();
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private JsonNode subschema(List<String> path) {
    JsonNode at = schema;
    for (String step : path) {
      if (at.path("properties").has(step)) {
        at = at.path("properties").path(step);
      } else if (at.has("items")) {
        at = at.path("items");
      } else {
        at = at.path("additionalProperties");
      }
    }
    return at;
  }

  private static @Nullable JsonNode value(JsonNode document, List<String> path) {
    @Nullable JsonNode at = document;
    for (String step : path) {
      if (at == null) {
        return null;
      }
      at = at.isArray() ? at.get(Integer.parseInt(step)) : at.get(step);
    }
    return at;
  }

  private static List<String> path(String instanceLocation) {
    List<String> steps = new ArrayList<>();
    String[] parts = instanceLocation.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      steps.add(unescape(parts[i]));
    }
    return steps;
  }

  private static String unescape(String step) {
    try {
      String plain = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
      return plain.replace("~1", "/").replace("~0", "~");
    } catch (IllegalArgumentException e) {
      return step; // the validator writes control characters with a single hexadecimal digit
    }
  }
}
