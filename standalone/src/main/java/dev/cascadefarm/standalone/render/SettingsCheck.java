package dev.cascadefarm.standalone.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.InvalidRequestException;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.schema.SchemaCheck;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds settings against what a farm says of its cascades, so that several requests are refused
 * together before the first is submitted. The farm checks each again.
 */
public final class SettingsCheck {
  private final JsonNode cascades;

  /** From the answer of {@code GET /v1/cascades}. */
  public SettingsCheck(JsonNode cascades) {
    this.cascades = cascades;
  }

  /**
   * Checks requests.
   *
   * @throws InvalidRequestException if a stage or key is unknown or a value does not fit; it names
   *     every fault once
   */
  public void require(List<RenderRequest> requests) {
    Set<Fault> faults = new LinkedHashSet<>();
    requests.forEach(request -> faults.addAll(faults(request)));
    if (!faults.isEmpty()) {
      throw new InvalidRequestException(List.copyOf(faults));
    }
  }

  /** Nothing for a cascade that is not there: the farm's own refusal says what there is. */
  private List<Fault> faults(RenderRequest request) {
    Optional<JsonNode> cascade = cascade(request.cascade());
    if (cascade.isEmpty()) {
      return List.of();
    }
    List<Fault> faults = new ArrayList<>();
    for (Map.Entry<String, JsonNode> set : request.toJson().path("set").properties()) {
      faults.addAll(faults(cascade.get().path("stages"), set.getKey(), set.getValue()));
    }
    return faults;
  }

  private Optional<JsonNode> cascade(String wanted) {
    for (JsonNode cascade : cascades.path("cascades")) {
      String name = cascade.path("name").asText();
      if (wanted.equals(name) || wanted.equals(name + "@" + cascade.path("version").asText())) {
        return Optional.of(cascade);
      }
    }
    return Optional.empty();
  }

  private static List<Fault> faults(JsonNode stages, String name, JsonNode given) {
    List<String> known = new ArrayList<>();
    for (JsonNode stage : stages) {
      known.add(stage.path("name").asText());
      if (stage.path("name").asText().equals(name)
          && stage.path("parameters") instanceof ObjectNode parameters) {
        ObjectNode schema = parameters.deepCopy();
        schema.put("type", "object").put("additionalProperties", false);
        return SchemaCheck.of(schema).faults(given).stream()
            .map(fault -> fault.under("set." + name))
            .toList();
      }
    }
    return List.of(Fault.unknown("set." + name, known));
  }
}
