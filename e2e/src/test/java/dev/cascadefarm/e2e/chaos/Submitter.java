package dev.cascadefarm.e2e.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.e2e.process.Eventually;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits jobs, each under one key until there is an answer, and writes down every attempt and what
 * became of it: {@code ok}, {@code fail} (nothing was done) or {@code unknown}. Thread-safe.
 */
final class Submitter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration REQUEST = Duration.ofSeconds(8);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final AtomicInteger turn = new AtomicInteger();
  private final List<URI> coordinators;
  private final String token;
  private final History history;

  Submitter(List<URI> coordinators, String token, History history) {
    this.coordinators = List.copyOf(coordinators);
    this.token = token;
    this.history = history;
  }

  /** What came of one attempt. */
  private record Outcome(String type, String text) {
    boolean last(Submission submission) {
      return type.equals("ok") || (type.equals("unknown") && !submission.patient());
    }
  }

  /** Returns the job's id; empty if the client gave up without knowing. */
  Optional<String> submit(Submission submission) {
    Outcome last =
        Eventually.get(
            "answer to " + submission,
            PATIENCE,
            () -> Optional.of(attempt(submission)).filter(each -> each.last(submission)),
            () -> "no answer from " + coordinators);
    return last.type().equals("ok") ? Optional.of(last.text()) : Optional.empty();
  }

  private Outcome attempt(Submission submission) throws InterruptedException {
    URI coordinator = coordinators.get(turn.getAndIncrement() % coordinators.size());
    history.add(line(submission, "invoke").put("where", coordinator.getPort()));
    Outcome outcome = send(coordinator, submission);
    ObjectNode line = line(submission, outcome.type());
    history.add(line.put(outcome.type().equals("ok") ? "job" : "why", outcome.text()));
    return outcome;
  }

  private static ObjectNode line(Submission submission, String type) {
    return History.line("submit")
        .put("key", submission.key())
        .put("seed", submission.seed())
        .put("type", type);
  }

  private Outcome send(URI coordinator, Submission submission) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(coordinator.resolve("/v1/jobs"))
            .timeout(REQUEST)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", submission.key())
            .POST(HttpRequest.BodyPublishers.ofString(submission.body()))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return judged(answer);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return new Outcome("fail", e.toString());
    } catch (IOException e) {
      return new Outcome("unknown", e.toString());
    }
  }

  private static Outcome judged(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() / 100 == 2) {
      return new Outcome("ok", JSON.readTree(answer.body()).path("id").asText());
    }
    boolean refused = answer.statusCode() / 100 == 4;
    return new Outcome(refused ? "fail" : "unknown", answer.statusCode() + " " + answer.body());
  }
}
