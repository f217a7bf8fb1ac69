package dev.cascadefarm.coordinator.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cascadefarm.coordinator.access.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The API's contract: the published document, and the same read for routing and validation.
 *
 * @param published the OpenAPI document as it is served
 * @param parsed the document without the bodies whose media types the validator refuses; those of
 *     requests are their operations' own business
 */
public record ApiContract(Buffer published, OpenAPIContract parsed) {
  private static final String RESOURCE = "/openapi.yaml";
  private static final String JSON = "application/json";
  private static final String TOKEN = "token";

  /** Reads the contract from the coordinator's resources. */
  public static Future<ApiContract> load(Vertx vertx) {
    return vertx
        .executeBlocking(ApiContract::read)
        .compose(
            published ->
                OpenAPIContract.from(vertx, routable(published))
                    .map(parsed -> new ApiContract(published, parsed)));
  }

  /**
   * What an operation asks of its callers; empty if nothing. The contract names it as the role of
   * the token.
   */
  static Optional<Role> role(Operation operation) {
    List<String> words =
        operation.getSecurityRequirements().stream()
            .map(requirement -> String.join(" ", requirement.getScopes(TOKEN)))
            .toList();
    return words.isEmpty() ? Optional.empty() : Optional.of(Role.of(String.join(" ", words)));
  }

  /** Paths that need no token. */
  public Set<String> openPaths() {
    return parsed.operations().stream()
        .filter(operation -> operation.getSecurityRequirements().isEmpty())
        .map(Operation::getAbsoluteOpenAPIPath)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What the {@code Allow} header of that path says; empty for an unknown path. */
  public String allowed(String path) {
    @Nullable Path known = parsed.findPath(path);
    return known == null
        ? ""
        : known.getOperations().stream()
            .map(operation -> operation.getHttpMethod().name())
            .sorted()
            .collect(Collectors.joining(", "));
  }

  private static Buffer read() throws IOException {
    try (InputStream in = ApiContract.class.getResourceAsStream(RESOURCE)) {
      return Buffer.buffer(Objects.requireNonNull(in, RESOURCE).readAllBytes());
    }
  }

  private static JsonObject routable(Buffer published) {
    try {
      JsonNode document = new YAMLMapper().readTree(published.getBytes());
      dropOtherMedia(document);
      return new JsonObject(document.toString());
    } catch (IOException e) {
      throw new IllegalStateException(RESOURCE + " is not YAML", e);
    }
  }

  private static void dropOtherMedia(JsonNode node) {
    if (node.get("content") instanceof ObjectNode content) {
      List<String> other = new ArrayList<>();
      content.fieldNames().forEachRemaining(other::add);
      other.remove(JSON);
      content.remove(other);
      if (content.isEmpty()) {
        ((ObjectNode) node).remove("content");
      }
    }
    for (Map.Entry<String, JsonNode> child : node.properties()) {
      dropOtherMedia(child.getValue());
    }
    if (node.get("requestBody") instanceof ObjectNode body && !body.has("content")) {
      ((ObjectNode) node).remove("requestBody");
    }
  }
}
