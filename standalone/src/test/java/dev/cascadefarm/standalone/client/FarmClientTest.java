package dev.cascadefarm.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FarmClientTest {
  private static final Patience SHORT =
      new Patience(Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofMillis(10));
  private static final Patience LONG =
      new Patience(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofMillis(10));

  private final Vertx vertx = Vertx.vertx();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void job_firstServerIsDead_secondAnswers() throws Exception {
    URI alive = serve(request -> request.response().end("{\"id\": \"j\"}"));
    FarmClient client = client(LONG, "secret", dead(), alive);
    assertThat(client.job("j").await(10, TimeUnit.SECONDS).path("id").asText()).isEqualTo("j");
    assertThat(asked).containsExactly("GET /v1/jobs/j Bearer secret");
  }

  @Test
  void submit_firstServerIsUnable_sameKeyToTheSecond() throws Exception {
    List<String> keys = new CopyOnWriteArrayList<>();
    URI unable = serve(request -> answer(request, keys, 503, "{}"));
    URI able = serve(request -> answer(request, keys, 202, "{\"id\": \"j\"}"));
    FarmClient client = client(LONG, null, unable, able);
    client.submit(WireJson.object().put("prompt", "x")).await(10, TimeUnit.SECONDS);
    assertThat(keys).hasSize(2);
    assertThat(keys.get(0)).isEqualTo(keys.get(1)).hasSizeGreaterThan(16);
  }

  @Test
  void upload_firstServerIsUnable_wholePictureToTheSecond() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    URI unable = serve(request -> answer(request, bodies, 503, "{}"));
    URI able =
        serve(
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> {
                          bodies.add(request.getHeader("Content-Type") + " " + body);
                          request.response().setStatusCode(201).end("{\"id\": \"ab\"}");
                        }));
    FarmClient client = client(LONG, null, unable, able);
    String id =
        client
            .upload(new byte[] {'x', 'y'}, "image/png", "fit")
            .await(10, TimeUnit.SECONDS)
            .path("id")
            .asText();
    assertThat(id).isEqualTo("ab");
    assertThat(bodies).last().isEqualTo("image/png xy");
    assertThat(asked).last().isEqualTo("POST /v1/uploads?aspect=fit");
  }

  @Test
  void job_unknown_apiExceptionWithoutAskingAgain() throws Exception {
    URI server =
        serve(request -> request.response().setStatusCode(404).end("{\"detail\": \"no job j\"}"));
    FarmClient client = client(LONG, null, server, server);
    assertThatThrownBy(() -> client.job("j").await(10, TimeUnit.SECONDS))
        .isInstanceOf(ApiException.class)
        .hasMessage("no job j");
    assertThat(asked).hasSize(1);
  }

  @Test
  void job_everyServerIsDead_unreachableAfterPatience() throws Exception {
    FarmClient client = client(SHORT, null, dead(), dead());
    assertThatThrownBy(() -> client.job("j").await(10, TimeUnit.SECONDS))
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("127.0.0.1");
  }

  @Test
  void follow_connectionsLost_numberedEventsOnceEachInOrder() throws Exception {
    URI first = events(socket -> send(socket, 1, 2));
    URI second = events(socket -> send(socket, 2, 3, 5));
    URI third = events(socket -> send(socket, 4, 5, 6));
    List<Long> seen = new CopyOnWriteArrayList<>();
    JobEvent last =
        client(LONG, null, first, second, third)
            .follow("j", 0, event -> seen.add(event.seq()))
            .await(10, TimeUnit.SECONDS);
    assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(last.type()).isEqualTo(JobEvent.JOB_SUCCEEDED);
    assertThat(asked)
        .containsExactly(
            "/v1/jobs/j/events?after=0", "/v1/jobs/j/events?after=2", "/v1/jobs/j/events?after=3");
  }

  @Test
  void follow_unknownJob_apiException() throws Exception {
    URI server = serve(request -> request.response().setStatusCode(404).end());
    assertThatThrownBy(
            () ->
                client(LONG, null, server).follow("j", 0, event -> {}).await(10, TimeUnit.SECONDS))
        .isInstanceOf(ApiException.class);
  }

  /** Sends the events and closes; the sixth is the last of the job. */
  private static void send(ServerWebSocket socket, long... numbers) {
    Arrays.stream(numbers)
        .mapToObj(seq -> event(seq, seq == 6 ? JobEvent.JOB_SUCCEEDED : JobEvent.TASK_STARTED))
        .forEach(event -> socket.writeTextMessage(WireJson.write(event)));
    socket.close();
  }

  private static JobEvent event(long seq, String type) {
    return new JobEvent(1, seq, type, 0, "j", null, null, null, null);
  }

  private void answer(HttpServerRequest request, List<String> keys, int status, String body) {
    keys.add(request.getHeader("Idempotency-Key"));
    request.response().setStatusCode(status).end(body);
  }

  private URI serve(Handler<HttpServerRequest> handler) throws Exception {
    return listen(
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  String token = request.getHeader("Authorization");
                  asked.add(
                      request.method() + " " + request.uri() + (token == null ? "" : " " + token));
                  handler.handle(request);
                }));
  }

  private URI events(Handler<ServerWebSocket> handler) throws Exception {
    return listen(
        vertx
            .createHttpServer()
            .webSocketHandler(
                socket -> {
                  asked.add(socket.uri());
                  handler.handle(socket);
                }));
  }

  private static URI listen(HttpServer server) throws Exception {
    int port = server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
    return URI.create("http://127.0.0.1:" + port);
  }

  private static URI dead() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private FarmClient client(Patience patience, @Nullable String token, URI... servers) {
    FarmServers known = new FarmServers(List.of(servers));
    return FarmClient.create(vertx, new FarmClient.Access(known, token, patience));
  }
}
