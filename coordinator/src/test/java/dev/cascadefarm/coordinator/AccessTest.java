package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({RedisExtension.class, StoreExtension.class})
class AccessTest {
  private static final String TOKEN = "a-token-of-some-length";

  private CoordinatorFixture open;
  private CoordinatorFixture locked;
  private String job;

  @BeforeAll
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    open = CoordinatorFixture.start(redis.url(), store, CoordinatorFixture.CONFIG);
    locked =
        CoordinatorFixture.start(
            redis.url(),
            store,
            CoordinatorFixture.CONFIG
                .withAddress("127.0.0.1", 0, TOKEN)
                .withOrigins(Set.of("https://farm.example")));
    job = open.job();
  }

  @AfterAll
  void stop() {
    open.close();
    locked.close();
  }

  @ParameterizedTest
  @CsvSource({"Bearer wrong", "Basic abc", "Bearer", "bearer a-token-of-some-lengtH"})
  void get_wrongToken_isUnauthorised(String authorization) {
    HttpResponse<Buffer> answer =
        await(
            locked
                .request(HttpMethod.GET, "/v1/jobs")
                .putHeader("Authorization", authorization)
                .send());

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.getHeader("WWW-Authenticate")).startsWith("Bearer");
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void get_rightToken_isLetIn() {
    HttpResponse<Buffer> answer =
        await(locked.request(HttpMethod.GET, "/v1/jobs").bearerTokenAuthentication(TOKEN).send());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(locked.get("/metrics").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"/healthz", "/readyz", "/openapi.yaml"})
  void get_openPathsWithoutToken_areLetIn(String path) {
    assertThat(locked.get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void post_foreignOrigin_isForbidden() {
    HttpResponse<Buffer> answer =
        await(
            open.request(HttpMethod.POST, "/v1/jobs/" + job + "/cancel")
                .putHeader("Origin", "https://evil.example")
                .send());

    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void get_foreignHostOnLoopback_isForbidden() {
    HttpResponse<Buffer> answer =
        await(open.request(HttpMethod.GET, "/v1/jobs").putHeader("Host", "evil.example").send());

    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void socket_withoutToken_isRefused() {
    assertThat(refusal(connect(locked, new WebSocketConnectOptions()))).isEqualTo(401);
  }

  @Test
  void socket_foreignOrigin_isRefused() {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions().putHeader("Origin", "https://evil.example");

    assertThat(refusal(connect(open, options))).isEqualTo(403);
  }

  @Test
  void socket_tokenInHeaderOrSubprotocol_isLetIn() {
    WebSocketConnectOptions header =
        new WebSocketConnectOptions()
            .putHeader("Authorization", "Bearer " + TOKEN)
            .putHeader("Origin", "https://farm.example");
    WebSocketConnectOptions subprotocol =
        new WebSocketConnectOptions()
            .addSubProtocol("cascade-farm")
            .addSubProtocol("bearer." + TOKEN);

    await(await(connect(locked, header)).close());
    WebSocket socket = await(connect(locked, subprotocol));
    assertThat(socket.subProtocol()).isEqualTo("cascade-farm");
    await(socket.close());
  }

  @Test
  void socket_clientThatAnnouncesAnEmptyBody_isLetIn() {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions().putHeader("Content-Length", "0");

    await(await(connect(open, options)).close());
  }

  @Test
  void config_foreignHostWithoutToken_isRefused() {
    assertThatThrownBy(() -> CoordinatorConfig.defaults().withAddress("0.0.0.0", 8080, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0.0.0")
        .hasMessageContaining("FARM_API_TOKEN");
    assertThat(CoordinatorConfig.defaults().withAddress("0.0.0.0", 8080, TOKEN).toString())
        .doesNotContain(TOKEN);
  }

  private Future<WebSocket> connect(CoordinatorFixture farm, WebSocketConnectOptions options) {
    return farm.vertx
        .createWebSocketClient()
        .connect(
            options
                .setHost("127.0.0.1")
                .setPort(farm.port())
                .setURI("/v1/jobs/" + job + "/events"));
  }

  private static int refusal(Future<WebSocket> connecting) {
    Throwable failure = await(connecting.transform(done -> Future.succeededFuture(done.cause())));
    assertThat(failure).isInstanceOf(UpgradeRejectedException.class);
    return ((UpgradeRejectedException) failure).getStatus();
  }
}
