package dev.cascadefarm.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import java.util.StringJoiner;

/** An answer of a coordinator that is not a success; the message is its problem in one line. */
public final class ApiException extends RuntimeException {
  private static final int LONGEST_VALUE = 100;

  private final int status;

  private ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** From an answer's status and body, which need not be a problem document. */
  static ApiException of(int status, String body) {
    return new ApiException(status, line(status, body));
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Whether the request was wrong, rather than the farm unable. */
  public boolean refused() {
    return status >= 400 && status < 500 && status != 408 && status != 429;
  }

  private static String line(int status, String body) {
    JsonNode problem;
    try {
      problem = WireJson.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      problem = WireJson.object();
    }
    StringJoiner faults = new StringJoiner("; ");
    problem.path("errors").forEach(error -> faults.add(fault(error)));
    String title = problem.path("title").asText("HTTP " + status);
    String line = faults.length() > 0 ? faults.toString() : problem.path("detail").asText(title);
    return line.replaceAll("\\s*\\R\\s*", " ");
  }

  private static String fault(JsonNode error) {
    String found =
        error.has("value") ? error.path("value").toString() : error.path("found").asText();
    return error.path("field").asText("request")
        + (found.isEmpty() ? "" : ": " + shorten(found))
        + " (expected: "
        + error.path("expected").asText()
        + ")";
  }

  private static String shorten(String text) {
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "…";
  }
}
