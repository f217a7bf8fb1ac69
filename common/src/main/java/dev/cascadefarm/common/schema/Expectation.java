package dev.cascadefarm.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in words what a JSON Schema accepts. */
final class Expectation {
  private Expectation() {}

  static String of(JsonNode schema) {
    if (schema.has("enum")) {
      return "one of " + list(schema.get("enum"));
    }
    if (schema.has("const")) {
      return text(schema.get("const"));
    }
    for (String alternatives : List.of("oneOf", "anyOf")) {
      if (schema.has(alternatives)) {
        return either(schema.get(alternatives));
      }
    }
    JsonNode type = schema.path("type");
    if (!type.isArray()) {
      return ofType(type.asText("value"), schema);
    }
    List<String> words = new ArrayList<>();
    type.forEach(each -> words.add(ofType(each.asText(), schema)));
    return String.join(" or ", words);
  }

  private static String ofType(String type, JsonNode schema) {
    return switch (type) {
      case "integer", "number" -> type + range(schema);
      case "string" -> string(schema);
      case "boolean" -> "true or false";
      case "array" -> "array" + count(schema, "minItems", "maxItems", "items");
      default -> type;
    };
  }

  private static String string(JsonNode schema) {
    String length = count(schema, "minLength", "maxLength", "characters");
    return schema.has("pattern")
        ? "string" + length + " matching " + schema.get("pattern").asText()
        : "string" + length;
  }

  private static String range(JsonNode schema) {
    String low = bound(schema, "minimum", "at least", "exclusiveMinimum", "more than");
    String high = bound(schema, "maximum", "at most", "exclusiveMaximum", "less than");
    if (schema.has("minimum") && schema.has("maximum")) {
      return " from " + schema.get("minimum").asText() + " to " + schema.get("maximum").asText();
    }
    if (low.isEmpty() || high.isEmpty()) {
      return low.isEmpty() && high.isEmpty() ? "" : " " + low + high;
    }
    return " " + low + " and " + high;
  }

  private static String bound(
      JsonNode schema, String closed, String closedWords, String open, String openWords) {
    if (schema.has(closed)) {
      return closedWords + " " + schema.get(closed).asText();
    }
    return schema.has(open) ? openWords + " " + schema.get(open).asText() : "";
  }

  private static String count(JsonNode schema, String least, String most, String unit) {
    @Nullable JsonNode low = schema.get(least);
    @Nullable JsonNode high = schema.get(most);
    if (low == null && high == null) {
      return "";
    }
    if (high == null) {
      return " of at least " + low.asText() + " " + unit;
    }
    return low == null
        ? " of at most " + high.asText() + " " + unit
        : " of " + low.asText() + " to " + high.asText() + " " + unit;
  }

  private static String either(JsonNode schemas) {
    List<String> words = new ArrayList<>();
    schemas.forEach(each -> words.add(of(each)));
    return String.join(" or ", words);
  }

  private static String list(JsonNode values) {
    List<String> words = new ArrayList<>();
    values.forEach(each -> words.add(text(each)));
    return String.join(", ", words);
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }
}
