package dev.cascadefarm.coordinator.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that fits the contract.
 *
 * @param parameters path, query and header parameters by name; only those that were given
 * @param body the JSON body; empty if the operation takes none
 */
public record CheckedRequest(ObjectNode parameters, ObjectNode body) {
  /** A parameter that the contract requires. */
  public String text(String name) {
    return parameters.get(name).asText();
  }

  /** A parameter that may be absent. */
  public Optional<String> optionalText(String name) {
    return Optional.ofNullable(parameters.get(name)).map(JsonNode::asText);
  }

  /** A number, or {@code otherwise} if it is absent. */
  public long number(String name, long otherwise) {
    @Nullable JsonNode value = parameters.get(name);
    return value == null ? otherwise : value.longValue();
  }
}
