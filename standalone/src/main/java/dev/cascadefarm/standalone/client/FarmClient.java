package dev.cascadefarm.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.standalone.client.FailoverCalls.Call;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of one farm. Futures fail with {@link ApiException} or {@link UnreachableException}.
 * Thread-safe.
 */
public final class FarmClient implements AutoCloseable {
  private static final int READ_IDLE_SECONDS = 30;
  private static final int MAX_MESSAGE_BYTES = 4 << 20;

  private final Vertx vertx;
  private final Access access;
  private final WebClient web;
  private final WebSocketClient sockets;
  private final FailoverCalls calls;

  private FarmClient(Vertx vertx, Access access, WebClient web, WebSocketClient sockets) {
    this.vertx = vertx;
    this.access = access;
    this.web = web;
    this.sockets = sockets;
    this.calls = new FailoverCalls(vertx, web, access.servers(), access.patience(), access.token());
  }

  /**
   * Which farm, by what right.
   *
   * @param token bearer token, or {@code null} for a farm that asks for none
   */
  public record Access(FarmServers servers, @Nullable String token, Patience patience) {}

  /** A client on {@code vertx}, which stays the caller's. */
  public static FarmClient create(Vertx vertx, Access access) {
    WebClientOptions web = new WebClientOptions().setConnectTimeout(5_000).setUserAgent("farm");
    WebSocketClientOptions sockets =
        new WebSocketClientOptions()
            .setMaxFrameSize(MAX_MESSAGE_BYTES)
            .setMaxMessageSize(MAX_MESSAGE_BYTES);
    sockets.setConnectTimeout(5_000).setReadIdleTimeout(READ_IDLE_SECONDS);
    return new FarmClient(
        vertx, access, WebClient.create(vertx, web), vertx.createWebSocketClient(sockets));
  }

  /** Submits a request once, however often it has to be sent; answers the job as accepted. */
  public Future<JsonNode> submit(ObjectNode request) {
    Map<String, String> headers =
        Map.of("Content-Type", "application/json", "Idempotency-Key", UUID.randomUUID().toString());
    Buffer body = Buffer.buffer(WireJson.write(request));
    return json(new Call(HttpMethod.POST, "/v1/jobs", headers, body));
  }

  /**
   * Brings a picture; answers the upload.
   *
   * @param mediaType of the file, for example {@code image/png}
   * @param aspect how it becomes square, {@code centre-crop} or {@code fit}
   */
  public Future<JsonNode> upload(byte[] file, String mediaType, String aspect) {
    String path = "/v1/uploads?aspect=" + encode(aspect);
    Map<String, String> headers = Map.of("Content-Type", mediaType);
    return json(new Call(HttpMethod.POST, path, headers, Buffer.buffer(file)));
  }

  /** A job as it stands. */
  public Future<JsonNode> job(String job) {
    return json(Call.get("/v1/jobs/" + encode(job)));
  }

  /** A page of jobs, newest first; {@code cursor} is empty for the start. */
  public Future<JsonNode> jobs(String cursor, int limit) {
    String from = cursor.isEmpty() ? "" : "&cursor=" + encode(cursor);
    return json(Call.get("/v1/jobs?limit=" + limit + from));
  }

  /** Asks for a job's end; answers its state. */
  public Future<JsonNode> cancel(String job) {
    String path = "/v1/jobs/" + encode(job) + "/cancel";
    return json(new Call(HttpMethod.POST, path, Map.of(), null));
  }

  /** The PNG that a stage drew for an image. */
  public Future<byte[]> image(String job, int image, String stage) {
    String path = "/v1/jobs/" + encode(job) + "/images/" + image + "?stage=" + encode(stage);
    return calls.send(Call.get(path)).map(Buffer::getBytes);
  }

  /** The cascades that the farm offers. */
  public Future<JsonNode> cascades() {
    return json(Call.get("/v1/cascades"));
  }

  /** Hands on a job's events above {@code after}; completes with its last one. */
  public Future<JobEvent> follow(String job, long after, Consumer<JobEvent> listener) {
    EventStream.Target target =
        new EventStream.Target(access.servers(), access.patience(), access.token(), encode(job));
    return new EventStream(vertx, sockets, target, after, listener).run();
  }

  /** What those may do who operate the farm. */
  public OperatorClient operator() {
    return new OperatorClient(calls);
  }

  /** Drops every connection. */
  @Override
  public void close() {
    web.close();
    sockets.close().onFailure(ignored -> {});
  }

  private Future<JsonNode> json(Call call) {
    return calls.json(call);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
