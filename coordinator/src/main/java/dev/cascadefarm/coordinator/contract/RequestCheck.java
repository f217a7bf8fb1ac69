package dev.cascadefarm.coordinator.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.schema.SchemaCheck;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.JsonSchema;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.contract.RequestBody;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Measures the requests of one operation by its part of the contract. Thread-safe. */
final class RequestCheck {
  private static final String JSON = "application/json";
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,40}(\\.\\d{1,40})?");

  private final List<Measured> parameters;
  private final @Nullable SchemaCheck body;

  RequestCheck(Operation operation) {
    parameters = operation.getParameters().stream().map(Measured::of).toList();
    body = bodySchema(operation.getRequestBody());
  }

  /** A parameter and its schema, wrapped in an object so that faults carry the name. */
  private record Measured(Parameter parameter, boolean numeric, SchemaCheck check) {
    static Measured of(Parameter parameter) {
      JsonNode schema = plain(parameter.getSchema());
      ObjectNode wrapper = WireJson.object().put("type", "object");
      wrapper.putObject("properties").set(parameter.getName(), schema);
      if (parameter.isRequired()) {
        wrapper.putArray("required").add(parameter.getName());
      }
      String type = schema.path("type").asText();
      boolean numeric = type.equals("integer") || type.equals("number");
      return new Measured(parameter, numeric, SchemaCheck.of(wrapper));
    }
  }

  /** The request's parameters and body, or a {@link ProblemException}. */
  CheckedRequest check(RoutingContext context) {
    ObjectNode values = WireJson.object();
    List<Fault> faults = new ArrayList<>();
    for (Measured each : parameters) {
      ObjectNode value = value(each, context);
      faults.addAll(each.check().faults(value));
      values.setAll(value);
    }
    if (!faults.isEmpty()) {
      throw new ProblemException(Problem.invalid(faults));
    }
    return new CheckedRequest(values, body == null ? WireJson.object() : body(context, body));
  }

  private static ObjectNode value(Measured measured, RoutingContext context) {
    String name = measured.parameter().getName();
    @Nullable String text =
        switch (measured.parameter().getIn()) {
          case PATH -> context.pathParam(name);
          case QUERY -> context.queryParams().get(name);
          case HEADER -> context.request().getHeader(name);
          case COOKIE -> null;
        };
    ObjectNode value = WireJson.object();
    if (text != null) {
      value.set(name, measured.numeric() ? number(text) : TextNode.valueOf(text));
    }
    return value;
  }

  private static JsonNode number(String text) {
    return NUMBER.matcher(text).matches()
        ? DecimalNode.valueOf(new BigDecimal(text))
        : TextNode.valueOf(text);
  }

  private static ObjectNode body(RoutingContext context, SchemaCheck check) {
    requireJson(context.request().getHeader("Content-Type"));
    JsonNode document = parse(context.body().buffer());
    List<Fault> faults = check.faults(document);
    if (!faults.isEmpty()) {
      throw new ProblemException(Problem.invalid(faults));
    }
    return (ObjectNode) document;
  }

  private static void requireJson(@Nullable String contentType) {
    String[] parts =
        (contentType == null ? "" : contentType).toLowerCase(Locale.ROOT).split(";", -1);
    boolean utf8 = true;
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      utf8 &= !parameter.startsWith("charset=") || parameter.equals("charset=utf-8");
    }
    if (!parts[0].strip().equals(JSON) || !utf8) {
      String found = contentType == null ? "missing" : contentType;
      throw new ProblemException(
          Problem.of(
              415,
              "unsupported-media-type",
              "The body's media type does not fit",
              "Content-Type: " + found + " (expected: application/json in UTF-8)"));
    }
  }

  private static JsonNode parse(@Nullable Buffer body) {
    try {
      JsonNode document =
          WireJson.MAPPER.readTree(utf8(body == null ? new byte[0] : body.getBytes()));
      if (document.isMissingNode()) {
        throw new ProblemException(Problem.malformed("body: empty (expected: a JSON object)"));
      }
      return document;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new ProblemException(
          Problem.malformed(e.getOriginalMessage() + place + " (expected: a JSON object)"));
    }
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(
          Problem.malformed("body: not UTF-8 (expected: a JSON object in UTF-8)"));
    }
  }

  private static @Nullable SchemaCheck bodySchema(@Nullable RequestBody requestBody) {
    return requestBody == null
        ? null
        : SchemaCheck.of(plain(requestBody.getContent().get(JSON).getSchema()));
  }

  /** The schema without what the contract's own resolver noted in it. */
  private static JsonNode plain(JsonSchema schema) {
    return plain(((JsonObject) schema).getMap());
  }

  private static JsonNode plain(Object value) {
    if (value instanceof JsonObject object) {
      return plain(object.getMap());
    }
    if (value instanceof Map<?, ?> map) {
      return WireJson.MAPPER.valueToTree(
          map.entrySet().stream()
              .filter(entry -> !entry.getKey().toString().startsWith("__"))
              .collect(
                  Collectors.toMap(
                      entry -> entry.getKey().toString(), entry -> plain(entry.getValue()))));
    }
    if (value instanceof Iterable<?> items) {
      List<JsonNode> plain = new ArrayList<>();
      items.forEach(item -> plain.add(plain(item)));
      return WireJson.MAPPER.valueToTree(plain);
    }
    return WireJson.MAPPER.valueToTree(value);
  }
}
