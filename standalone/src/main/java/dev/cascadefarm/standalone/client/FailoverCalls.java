package dev.cascadefarm.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Requests that go to another coordinator when one fails. Only requests that may be repeated go
 * through here: all of the farm's may, submissions by their key. Thread-safe.
 */
final class FailoverCalls {
  private static final Set<Integer> ELSEWHERE = Set.of(502, 503, 504);

  private final Vertx vertx;
  private final WebClient web;
  private final FarmServers servers;
  private final Patience patience;
  private final @Nullable String token;
  private final AtomicInteger preferred = new AtomicInteger();

  FailoverCalls(
      Vertx vertx, WebClient web, FarmServers servers, Patience patience, @Nullable String token) {
    this.vertx = vertx;
    this.web = web;
    this.servers = servers;
    this.patience = patience;
    this.token = token;
  }

  /**
   * A request.
   *
   * @param path with its query
   */
  record Call(HttpMethod method, String path, Map<String, String> headers, @Nullable Buffer body) {
    static Call get(String path) {
      return new Call(HttpMethod.GET, path, Map.of(), null);
    }
  }

  /** Answers with a success, or fails with {@link ApiException} or {@link UnreachableException}. */
  Future<Buffer> send(Call call) {
    long deadline = System.nanoTime() + patience.total().toNanos();
    return attempt(call, 0, deadline).compose(FailoverCalls::success);
  }

  /** The same, for answers that are JSON. */
  Future<JsonNode> json(Call call) {
    return send(call).compose(FailoverCalls::parse);
  }

  private static Future<JsonNode> parse(Buffer body) {
    try {
      return Future.succeededFuture(WireJson.MAPPER.readTree(body.getBytes()));
    } catch (IOException e) {
      return Future.failedFuture(new UncheckedIOException("answer is not JSON", e));
    }
  }

  private Future<HttpResponse<Buffer>> attempt(Call call, int attempt, long deadline) {
    return once(call)
        .recover(
            failure ->
                System.nanoTime() < deadline
                    ? elsewhere(call, attempt + 1, deadline)
                    : Future.failedFuture(outcome(failure)));
  }

  private Future<HttpResponse<Buffer>> elsewhere(Call call, int attempt, long deadline) {
    preferred.incrementAndGet();
    return vertx
        .timer(patience.pauseMillis(attempt, servers.count()), TimeUnit.MILLISECONDS)
        .compose(waited -> attempt(call, attempt, deadline));
  }

  private Future<HttpResponse<Buffer>> once(Call call) {
    URI server = servers.at(preferred.get());
    HttpRequest<Buffer> request =
        web.request(call.method(), FarmServers.port(server), server.getHost(), call.path())
            .ssl(FarmServers.secure(server))
            .timeout(patience.request().toMillis());
    call.headers().forEach(request::putHeader);
    if (token != null) {
      request.bearerTokenAuthentication(token);
    }
    Future<HttpResponse<Buffer>> answer =
        call.body() == null ? request.send() : request.sendBuffer(call.body());
    return answer.compose(FailoverCalls::able);
  }

  /** Fails when another coordinator might do better. */
  private static Future<HttpResponse<Buffer>> able(HttpResponse<Buffer> response) {
    return ELSEWHERE.contains(response.statusCode())
        ? Future.failedFuture(problem(response))
        : Future.succeededFuture(response);
  }

  private static Future<Buffer> success(HttpResponse<Buffer> response) {
    if (response.statusCode() / 100 != 2) {
      return Future.failedFuture(problem(response));
    }
    Buffer body = response.body();
    return Future.succeededFuture(body == null ? Buffer.buffer() : body);
  }

  private static ApiException problem(HttpResponse<Buffer> response) {
    String body = response.bodyAsString();
    return ApiException.of(response.statusCode(), body == null ? "" : body);
  }

  private Throwable outcome(Throwable last) {
    return last instanceof ApiException ? last : new UnreachableException(servers, last);
  }
}
