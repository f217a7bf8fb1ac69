package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static dev.cascadefarm.coordinator.Tenants.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.coordinator.access.Role;
import dev.cascadefarm.coordinator.contract.ApiContract;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.openapi.contract.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of the contract, by every role, of its own tenant and of another. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({RedisExtension.class, StoreExtension.class})
class RolesTest {
  private static final Map<String, HttpMethod> METHODS = methods();

  private Tenants tenants;
  private String job;
  private String upload;

  /** Whose an operation's things are. */
  private enum Whose {
    NOBODYS,
    TENANTS,
    FARMS
  }

  /**
   * What the test knows of an operation; says nothing that it has from the contract.
   *
   * @param least role that may; absent if nobody is asked
   * @param path with ids of things of tenant {@code acme}
   */
  private record Row(
      @Nullable Role least, Whose whose, Supplier<String> path, @Nullable Object body) {}

  private Map<String, Row> rows() {
    JsonObject pause = new JsonObject().put("reason", "repairs");
    Map<String, Row> rows = new TreeMap<>();
    rows.put("submitJob", farms(Role.SUBMIT, "/v1/jobs", minimal()));
    rows.put("listJobs", farms(Role.WATCH, "/v1/jobs", null));
    rows.put("getJob", tenants(Role.WATCH, () -> "/v1/jobs/" + job));
    rows.put(
        "cancelJob", tenants(Role.SUBMIT, () -> "/v1/jobs/" + tenants.job("acme") + "/cancel"));
    rows.put("getImage", tenants(Role.WATCH, () -> "/v1/jobs/" + job + "/images/0"));
    rows.put("watchJob", tenants(Role.WATCH, () -> "/v1/jobs/" + job + "/events"));
    rows.put("uploadPicture", farms(Role.SUBMIT, "/v1/uploads", TestWorker.PIXEL));
    rows.put("getUpload", tenants(Role.WATCH, () -> "/v1/uploads/" + upload));
    rows.put("listCascades", farms(Role.WATCH, "/v1/cascades", null));
    rows.put("listWorkers", farms(Role.WATCH, "/v1/workers", null));
    rows.put("metrics", farms(Role.ADMIN, "/metrics", null));
    rows.put("listStages", farms(Role.ADMIN, "/v1/stages", null));
    rows.put("pauseStage", farms(Role.ADMIN, "/v1/stages/tiny-sr@1/pause", pause));
    rows.put("resumeStage", farms(Role.ADMIN, "/v1/stages/tiny-sr@1/resume", null));
    JsonObject most = new JsonObject().putNull("most");
    rows.put("boundStage", farms(Role.ADMIN, "/v1/stages/tiny-sr@1/bound", most));
    rows.put("listTenants", farms(Role.ADMIN, "/v1/tenants", null));
    rows.put("pauseTenant", farms(Role.ADMIN, "/v1/tenants/default/pause", pause));
    rows.put("resumeTenant", farms(Role.ADMIN, "/v1/tenants/default/resume", null));
    rows.put("listDead", farms(Role.ADMIN, "/v1/dead", null));
    rows.put("redriveTask", new Row(Role.ADMIN, Whose.FARMS, this::deadTask, null));
    JsonObject all = new JsonObject().put("all", true);
    rows.put("redriveDead", farms(Role.ADMIN, "/v1/dead/redrive", all));
    JsonObject look = new JsonObject().put("repair", false);
    rows.put("auditQueue", farms(Role.ADMIN, "/v1/audit", look));
    rows.put("listActions", farms(Role.ADMIN, "/v1/actions", null));
    rows.put("health", nobodys("/healthz"));
    rows.put("ready", nobodys("/readyz"));
    rows.put("contract", nobodys("/openapi.yaml"));
    return rows;
  }

  private static Row farms(Role least, String path, @Nullable Object body) {
    return new Row(least, Whose.FARMS, () -> path, body);
  }

  private static Row tenants(Role least, Supplier<String> path) {
    return new Row(least, Whose.TENANTS, path, null);
  }

  private static Row nobodys(String path) {
    return new Row(null, Whose.NOBODYS, () -> path, null);
  }

  private String deadTask() {
    farmWithoutWaitingTasks();
    tenants.job("acme");
    return "/v1/dead/" + tenants.kill(TestCatalogue.TEXT) + "/redrive";
  }

  private void farmWithoutWaitingTasks() {
    tenants.farm.worker.drain();
  }

  private static Map<String, HttpMethod> methods() {
    Vertx vertx = Vertx.vertx();
    try {
      return await(ApiContract.load(vertx)).parsed().operations().stream()
          .collect(Collectors.toMap(Operation::getOperationId, Operation::getHttpMethod));
    } finally {
      await(vertx.close());
    }
  }

  @BeforeAll
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    tenants = Tenants.start(redis.url(), store, Map.of());
    job = tenants.job("acme");
    upload =
        tenants
            .send(HttpMethod.POST, "/v1/uploads", token("acme", Role.SUBMIT), TestWorker.PIXEL)
            .bodyAsJsonObject()
            .getString("id");
    tenants.farm.worker.drain();
  }

  @AfterAll
  void stop() {
    tenants.close();
  }

  @Test
  void table_hasExactlyTheOperationsOfTheContract() {
    assertThat(rows().keySet()).isEqualTo(new TreeMap<>(METHODS).keySet());
  }

  static Stream<Arguments> operationsAndRoles() {
    return new TreeMap<>(METHODS)
        .keySet().stream()
            .flatMap(id -> Arrays.stream(Role.values()).map(role -> Arguments.of(id, role)));
  }

  static Stream<String> operations() {
    return new TreeMap<>(METHODS).keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("operationsAndRoles")
  void call_byRoleOfItsTenant_doneOrForbidden(String operation, Role role) {
    Row row = rows().get(operation);

    HttpResponse<Buffer> answer = call(operation, row, token("acme", role));

    boolean may = row.least() == null || role.covers(row.least());
    assertThat(answer.statusCode() / 100).as(answer.bodyAsString()).isEqualTo(may ? 2 : 4);
    if (!may) {
      assertThat(answer.statusCode()).isEqualTo(403);
      JsonObject fault = answer.bodyAsJsonObject().getJsonArray("errors").getJsonObject(0);
      assertThat(fault.getString("value")).isEqualTo(role.word());
      assertThat(fault.getString("expected")).contains(row.least().word());
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void call_withoutTokenOrWithAnUnknownOne_unauthorised(String operation) {
    Row row = rows().get(operation);
    int expected = row.least() == null ? 200 : 401;

    assertThat(call(operation, row, null).statusCode()).isEqualTo(expected);
    assertThat(call(operation, row, "token-of-nobody-at-all").statusCode()).isEqualTo(expected);
  }

  Stream<Arguments> foreignCalls() {
    return rows().entrySet().stream()
        .filter(each -> each.getValue().whose() == Whose.TENANTS)
        .flatMap(
            each ->
                Arrays.stream(Role.values())
                    .filter(role -> role.covers(each.getValue().least()))
                    .map(role -> Arguments.of(each.getKey(), role)));
  }

  @ParameterizedTest
  @MethodSource("foreignCalls")
  void call_forThingsOfAnotherTenant_asIfTheyWereNotThere(String operation, Role role) {
    Row row = rows().get(operation);
    HttpResponse<Buffer> foreign = call(operation, row, token("globex", role));

    Row unknown = new Row(row.least(), row.whose(), () -> unknown(row.path().get()), null);
    HttpResponse<Buffer> none = call(operation, unknown, token("globex", role));
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(foreign.headers().names()).containsExactlyElementsOf(none.headers().names());
    assertThat(plain(foreign)).isEqualTo(plain(none));
  }

  /** The same path with ids that nobody has. */
  private static String unknown(String path) {
    return path.replaceAll("[0-9a-f]{64}", "0".repeat(64))
        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-", "00000000-0000-4000-8000-");
  }

  private static String plain(HttpResponse<Buffer> answer) {
    return answer.bodyAsString().replaceAll("[0-9a-f-]{36,64}", "ID");
  }

  @Test
  void events_ofAnotherTenant_neitherAsStreamNorAsSocket() {
    HttpResponse<Buffer> stream =
        await(
            tenants
                .farm
                .request(HttpMethod.GET, "/v1/jobs/" + job + "/events")
                .putHeader("Accept", "text/event-stream")
                .bearerTokenAuthentication(token("globex", Role.ADMIN))
                .send());

    assertThat(stream.statusCode()).isEqualTo(404);
    assertThat(socket(token("globex", Role.ADMIN))).isEqualTo(404);
    assertThat(socket("token-of-nobody-at-all")).isEqualTo(401);
    assertThat(socket(token("acme", Role.WATCH))).isEqualTo(101);
  }

  private int socket(String token) {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(tenants.farm.port())
            .setURI("/v1/jobs/" + job + "/events")
            .addSubProtocol("cascade-farm")
            .addSubProtocol("bearer." + token);
    return await(
        tenants
            .farm
            .vertx
            .createWebSocketClient()
            .connect(options)
            .compose(socket -> socket.close().map(101))
            .recover(
                failure ->
                    Future.succeededFuture(((UpgradeRejectedException) failure).getStatus())));
  }

  @Test
  void lists_showOnlyTheTenantsOwn_alsoFromACursorOfAnother() {
    tenants.job("acme");
    tenants.job("acme");
    String own = tenants.job("globex");
    String cursor =
        tenants
            .send(HttpMethod.GET, "/v1/jobs?limit=1", token("acme", Role.WATCH), null)
            .bodyAsJsonObject()
            .getString("next");

    assertThat(jobs("globex", "?limit=100")).contains(own).doesNotContain(job);
    assertThat(jobs("globex", "?cursor=" + cursor)).isSubsetOf(jobs("globex", "?limit=100"));
    assertThat(jobs("acme", "?limit=100")).contains(job).doesNotContain(own);
  }

  private List<String> jobs(String tenant, String query) {
    JsonArray page =
        tenants
            .send(HttpMethod.GET, "/v1/jobs" + query, token(tenant, Role.WATCH), null)
            .bodyAsJsonObject()
            .getJsonArray("jobs");
    return page.stream().map(each -> ((JsonObject) each).getString("id")).toList();
  }

  @Test
  void submit_keyAndPictureOfAnotherTenant_mean_nothing() {
    String first = keyed("acme").getString("id");

    assertThat(keyed("globex").getString("id")).isNotEqualTo(first);
    assertThat(keyed("acme").getString("id")).isEqualTo(first);

    JsonObject withPicture = minimal().put("cascade", "tiny-enlarge").put("init_image", upload);
    assertThat(tenants.submit("acme", withPicture).statusCode()).isEqualTo(202);
    HttpResponse<Buffer> foreign = tenants.submit("globex", withPicture);
    assertThat(foreign.statusCode()).isEqualTo(400);
    assertThat(foreign.bodyAsString()).contains("init_image", "the id of an upload");
  }

  private JsonObject keyed(String tenant) {
    return await(
            tenants
                .farm
                .request(HttpMethod.POST, "/v1/jobs")
                .bearerTokenAuthentication(token(tenant, Role.SUBMIT))
                .putHeader("Idempotency-Key", "the-same-key")
                .sendJson(minimal()))
        .bodyAsJsonObject();
  }

  private HttpResponse<Buffer> call(String operation, Row row, @Nullable String token) {
    return tenants.send(METHODS.get(operation), row.path().get(), token, row.body());
  }
}
