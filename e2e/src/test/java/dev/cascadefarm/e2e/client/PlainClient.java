package dev.cascadefarm.e2e.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cascadefarm.e2e.process.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A client that knows every coordinator of a farm and asks the next one when one does not answer.
 * Thread-safe.
 */
public final class PlainClient {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration REQUEST = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private final List<URI> coordinators;
  private final String token;

  public PlainClient(String token, List<URI> coordinators) {
    this.token = token;
    this.coordinators = List.copyOf(coordinators);
  }

  /** Submits a job once, however often it has to be sent; returns its id. */
  public String submit(String body) {
    String key = UUID.randomUUID().toString();
    HttpResponse<byte[]> answer =
        send(
            "/v1/jobs",
            request ->
                request
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
    return json(answer).path("id").asText();
  }

  /** A JSON answer of the farm. */
  public JsonNode get(String path) {
    return json(send(path, HttpRequest.Builder::GET));
  }

  /** Any answer's body. */
  public byte[] bytes(String path) {
    return send(path, HttpRequest.Builder::GET).body();
  }

  /** Waits until a job has ended, and returns it. */
  public JsonNode ended(String job, Duration deadline) {
    return Eventually.get(
        "end of job " + job,
        deadline,
        () -> Optional.of(get("/v1/jobs/" + job)).filter(each -> each.hasNonNull("finished_at")),
        () -> get("/v1/jobs/" + job).toPrettyString());
  }

  /** Every numbered event of a job, page by page. */
  public List<JsonNode> events(String job) {
    List<JsonNode> events = new ArrayList<>();
    long last = Long.MAX_VALUE;
    while (events.size() < last) {
      JsonNode page = get("/v1/jobs/" + job + "/events?after=" + events.size() + "&limit=1000");
      page.path("events").forEach(events::add);
      last = page.path("events").isEmpty() ? 0 : page.path("last").asLong();
    }
    return events;
  }

  /** Follows a job's events to the end, over as many coordinators and connections as it takes. */
  public Watcher watch(String job) {
    return new Watcher(http, coordinators, token, job).start();
  }

  private interface Filling {
    HttpRequest.Builder fill(HttpRequest.Builder request);
  }

  private HttpResponse<byte[]> send(String path, Filling filling) {
    int[] attempt = {0};
    return Eventually.get(
        path,
        PATIENCE,
        () -> attempt(coordinators.get(attempt[0]++ % coordinators.size()), path, filling),
        () -> "no coordinator answered of " + coordinators);
  }

  private Optional<HttpResponse<byte[]>> attempt(URI coordinator, String path, Filling filling)
      throws InterruptedException {
    HttpRequest request =
        filling
            .fill(HttpRequest.newBuilder(coordinator.resolve(path)))
            .timeout(REQUEST)
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      return Optional.empty();
    }
    if (answer.statusCode() == 503) {
      return Optional.empty();
    }
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(
          path
              + ": "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return Optional.of(answer);
  }

  private static JsonNode json(HttpResponse<byte[]> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + answer, e);
    }
  }
}
