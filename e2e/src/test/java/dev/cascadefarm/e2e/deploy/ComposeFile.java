package dev.cascadefarm.e2e.deploy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/**
 * The repository's {@code docker-compose.yml} with its anchors and merges resolved.
 *
 * @param document the whole file; variables are not filled in
 */
public record ComposeFile(JsonNode document) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)(:\\?[^}]*)?}");
  private static final String IMAGE = "cascade-farm";

  /** Reads the file of this repository. */
  public static ComposeFile read() {
    Path file = Path.of("").toAbsolutePath().resolveSibling("docker-compose.yml");
    try {
      // Jackson's own YAML reader leaves merge keys alone.
      return new ComposeFile(JSON.valueToTree(new Yaml().load(Files.readString(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The services that run the farm's own image, by name. */
  public Map<String, Service> farmServices() {
    Map<String, Service> services = new TreeMap<>();
    document
        .path("services")
        .properties()
        .forEach(
            each -> {
              if (each.getValue().path("image").asText().equals(IMAGE)) {
                services.put(each.getKey(), service(each.getValue()));
              }
            });
    return services;
  }

  /** One service. */
  public JsonNode service(String name) {
    return document.path("services").path(name);
  }

  private static Service service(JsonNode json) {
    return new Service(
        JSON.convertValue(json.path("command"), new TypeReference<List<String>>() {}),
        JSON.convertValue(json.path("environment"), new TypeReference<Map<String, String>>() {}));
  }

  /**
   * What a service runs.
   *
   * @param command arguments after {@code farm}
   * @param environment may hold variables
   */
  public record Service(List<String> command, Map<String, String> environment) {
    public Service {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }

    /** The environment with every variable filled in. */
    public Map<String, String> environment(Map<String, String> variables) {
      Map<String, String> filled = new TreeMap<>();
      environment.forEach((name, value) -> filled.put(name, fill(value, variables)));
      return filled;
    }

    private static String fill(String text, Map<String, String> variables) {
      return VARIABLE.matcher(text).replaceAll(found -> quoted(found, variables));
    }

    private static String quoted(MatchResult found, Map<String, String> variables) {
      String value = variables.get(found.group(1));
      if (value == null) {
        throw new IllegalArgumentException(
            "variable: " + found.group(1) + " (expected: one of " + variables.keySet() + ")");
      }
      return Matcher.quoteReplacement(value);
    }
  }
}
