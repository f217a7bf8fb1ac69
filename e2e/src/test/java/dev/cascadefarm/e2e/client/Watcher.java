package dev.cascadefarm.e2e.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A witness of one job. Keeps every message in the order heard, over all connections; after a lost
 * connection it goes on after the last number it has heard, at the next coordinator. Thread-safe.
 */
public final class Watcher implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final long PAUSE_MILLIS = 100;
  private static final Set<String> TERMINAL =
      Set.of("job.succeeded", "job.failed", "job.cancelled");

  private final HttpClient http;
  private final List<URI> coordinators;
  private final String token;
  private final String job;
  private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();

  private volatile CompletableFuture<WebSocket> connection = new CompletableFuture<>();

  Watcher(HttpClient http, List<URI> coordinators, String token, String job) {
    this.http = http;
    this.coordinators = coordinators;
    this.token = token;
    this.job = job;
  }

  Watcher start() {
    connect();
    return this;
  }

  /** Waits for the orderly close that follows the last event; returns its code. */
  public int closeCode(Duration deadline) throws Exception {
    return closed.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Everything heard so far. */
  public List<JsonNode> heard() {
    return List.copyOf(heard);
  }

  /** The numbers heard so far, in the order heard. */
  public List<Long> numbers() {
    return heard.stream().filter(e -> e.has("seq")).map(e -> e.path("seq").asLong()).toList();
  }

  /** How often an event of this type was heard. */
  public long count(String type) {
    return heard.stream().filter(event -> event.path("type").asText().equals(type)).count();
  }

  /** Events that say that the job is over. */
  public List<String> terminals() {
    return heard.stream().map(e -> e.path("type").asText()).filter(TERMINAL::contains).toList();
  }

  /** Stops listening. Idempotent. */
  @Override
  public void close() {
    closed.cancel(false);
    if (!connection.cancel(false) && !connection.isCompletedExceptionally()) {
      connection.join().abort();
    }
  }

  public int connections() {
    return connections.get();
  }

  private void connect() {
    URI server = coordinators.get(connections.getAndIncrement() % coordinators.size());
    String scheme = server.getScheme().equals("https") ? "wss" : "ws";
    List<Long> numbers = numbers();
    long after = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
    String path = "/v1/jobs/" + job + "/events?after=" + after;
    URI address = URI.create(scheme + "://" + server.getAuthority() + path);
    connection =
        http.newWebSocketBuilder()
            .connectTimeout(CONNECT)
            .header("Authorization", "Bearer " + token)
            .buildAsync(address, new Ear())
            .whenComplete((socket, failure) -> retry(failure));
  }

  private void retry(Throwable failure) {
    if (failure != null && !closed.isDone()) {
      CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS).execute(this::connect);
    }
  }

  private void ended(int code) {
    if (terminals().isEmpty() && !closed.isDone()) {
      CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS).execute(this::connect);
    } else {
      closed.complete(code);
    }
  }

  /** One connection. Ends once, by a close or an error. */
  private final class Ear implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      message.append(text);
      if (last) {
        heard.add(parse(message.toString()));
        message.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      ended(code);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      ended(1006);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return PlainClient.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
