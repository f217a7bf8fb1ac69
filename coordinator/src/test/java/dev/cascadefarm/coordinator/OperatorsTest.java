package dev.cascadefarm.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class OperatorsTest {
  private Tenants tenants;

  @BeforeEach
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    TenantLimits limits = new TenantLimits(3, 8, 20_000, new TenantLimits.Rate(50, 100));
    tenants = Tenants.start(redis.url(), store, Map.of("acme", limits));
  }

  @AfterEach
  void stop() {
    tenants.close();
  }

  @Test
  void stages_showWhatWaitsAndRunsByTenant() {
    tenants.job("acme");
    tenants.job("acme");
    tenants.job("globex");
    tenants.farm.worker.claim(TestCatalogue.TEXT, 1);

    JsonObject text = stage("tiny-text@1");

    assertThat(text.getInteger("running")).isEqualTo(1);
    assertThat(text.getInteger("delayed")).isZero();
    assertThat(text.getJsonObject("ready").stream().mapToInt(e -> (Integer) e.getValue()).sum())
        .isEqualTo(2);
    assertThat(text.fieldNames()).doesNotContain("paused", "most", "broken_since");
    assertThat(tenants.read("/v1/stages").getJsonArray("stages")).hasSize(3);
  }

  @Test
  void pauseAndResume_ofAStage_keepTasksFromBeingClaimed() {
    tenants.job("acme");

    HttpResponse<Buffer> paused =
        tenants.post("/v1/stages/tiny-text@1/pause", reason("new driver"));

    assertThat(paused.statusCode()).isEqualTo(200);
    assertThat(paused.bodyAsJsonObject().getString("paused")).isEqualTo("new driver");
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 1)).isEmpty();
    assertThat(tenants.post("/v1/stages/tiny-text@1/resume", null).bodyAsJsonObject().fieldNames())
        .doesNotContain("paused");
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 1)).hasSize(1);
  }

  @Test
  void pauseAndResume_ofATenant_theOtherGoesOn() {
    tenants.job("acme");
    String other = tenants.job("globex");

    JsonObject paused = tenants.post("/v1/tenants/acme/pause", reason("unpaid")).bodyAsJsonObject();

    assertThat(paused)
        .isEqualTo(
            new JsonObject()
                .put("name", "acme")
                .put("weight", 3.0)
                .put("backlog", 3)
                .put("in_flight", 8)
                .put("most_backlog", 20_000)
                .put("submits_per_second", 50.0)
                .put("burst", 100)
                .put("paused", "unpaid"));
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 9))
        .singleElement()
        .satisfies(task -> assertThat(task.id().job()).isEqualTo(other));
    assertThat(tenants.post("/v1/tenants/acme/resume", null).statusCode()).isEqualTo(200);
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 9)).hasSize(1);
  }

  @Test
  void tenants_everyOneThatIsConfigured_isListedBeforeItHasJobs() {
    assertThat(tenants.read("/v1/tenants").getJsonArray("tenants").stream().map(this::name))
        .containsExactly("acme", "default", "globex");
  }

  private String name(Object tenant) {
    return ((JsonObject) tenant).getString("name");
  }

  @Test
  void bound_ofAStage_limitsWhatRunsAtOnceUntilItIsTakenAway() {
    tenants.job("acme");
    tenants.job("globex");
    assertThat(put("/v1/stages/tiny-text@1/bound", most(1)).getInteger("most")).isEqualTo(1);
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 9)).hasSize(1);
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 9)).isEmpty();

    assertThat(put("/v1/stages/tiny-text@1/bound", most(null)).fieldNames()).doesNotContain("most");
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 9)).hasSize(1);
  }

  @Test
  void audit_queueThatWasTamperedWith_findsItAndOnlyMendsItOnDemand(TestRedis redis) {
    String job = tenants.job("acme");
    assertThat(audit(false))
        .isEqualTo(
            new JsonObject()
                .put("found", 0)
                .put("repaired", false)
                .put("findings", new JsonArray()));
    redis.ask("ZREM farm:{0}:rdy:tiny-text@1:acme " + job + ":text:job");

    for (int look = 0; look < 2; look++) {
      assertThat(audit(false).getJsonArray("findings"))
          .containsExactly(
              finding("X", job + ":text:job", "ready, but not in rdy"),
              finding("R", "tiny-text@1 acme", "in the ring"));
    }
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 1)).isEmpty();

    JsonObject mended = audit(true);
    assertThat(mended.getJsonArray("findings"))
        .contains(finding("X", job + ":text:job", "ready, but not in rdy"));
    assertThat(mended.getBoolean("repaired")).isTrue();
    assertThat(audit(false).getInteger("found")).isZero();
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 1)).hasSize(1);
  }

  private static JsonObject finding(String kind, String what, String detail) {
    return new JsonObject().put("kind", kind).put("what", what).put("detail", detail);
  }

  private JsonObject audit(boolean repair) {
    return tenants.post("/v1/audit", new JsonObject().put("repair", repair)).bodyAsJsonObject();
  }

  @Test
  void actions_sayWhoDidWhat_latestFirst() {
    tenants.job("acme");
    String task = tenants.kill(TestCatalogue.TEXT);
    tenants.post("/v1/stages/tiny-sr@1/pause", reason("new driver"));
    put("/v1/stages/tiny-sr@1/bound", most(4));
    tenants.post("/v1/tenants/globex/pause", reason("unpaid"));
    tenants.post("/v1/dead/" + task + "/redrive", null);

    JsonObject first = tenants.read("/v1/actions?limit=3");
    JsonObject second = tenants.read("/v1/actions?limit=3&cursor=" + first.getString("next"));

    assertThat(first.getJsonArray("actions").stream().map(this::said))
        .containsExactly(
            "acme/admin redrive task " + task + " ",
            "acme/admin pause tenant globex unpaid",
            "acme/admin cap stage tiny-sr@1 4");
    assertThat(second.getJsonArray("actions").stream().map(this::said))
        .containsExactly("acme/admin pause stage tiny-sr@1 new driver");
    assertThat(second.fieldNames()).doesNotContain("next");
  }

  private String said(Object entry) {
    JsonObject action = (JsonObject) entry;
    assertThat(Instant.parse(action.getString("at"))).isAfter(Instant.EPOCH);
    return String.join(
        " ",
        action.getString("by"),
        action.getString("action"),
        action.getString("target"),
        action.getString("detail"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/v1/stages/tiny-sr@9/pause|{\"reason\":\"x\"}|404|bundle",
        "POST|/v1/stages/tiny-sr@9/resume||404|bundle",
        "PUT|/v1/stages/tiny-sr@9/bound|{\"most\":1}|404|bundle",
        "POST|/v1/stages/Tiny/pause|{\"reason\":\"x\"}|400|bundle",
        "POST|/v1/stages/tiny-sr@1/pause|{\"reason\":\" \"}|400|reason",
        "POST|/v1/stages/tiny-sr@1/pause|{\"reason\":\"\"}|400|reason",
        "POST|/v1/stages/tiny-sr@1/pause|{\"reason\":\"a\\nb\"}|400|reason",
        "POST|/v1/stages/tiny-sr@1/pause|{\"reason\":\"\\ud800\"}|400|reason",
        "POST|/v1/stages/tiny-sr@1/pause|{\"reason\":7}|400|reason",
        "POST|/v1/stages/tiny-sr@1/pause|{}|400|reason",
        "POST|/v1/stages/tiny-sr@1/pause|{\"reason\":\"x\",\"by\":\"me\"}|400|by",
        "PUT|/v1/stages/tiny-sr@1/bound|{\"most\":0}|400|most",
        "PUT|/v1/stages/tiny-sr@1/bound|{\"most\":1.5}|400|most",
        "PUT|/v1/stages/tiny-sr@1/bound|{\"most\":99999999999}|400|most",
        "PUT|/v1/stages/tiny-sr@1/bound|{}|400|most",
        "POST|/v1/tenants/nobody/pause|{\"reason\":\"x\"}|404|tenant",
        "POST|/v1/tenants/nobody/resume||404|tenant",
        "POST|/v1/tenants/No%20body/pause|{\"reason\":\"x\"}|400|tenant",
        "GET|/v1/dead?cursor=later||400|cursor",
        "GET|/v1/dead?limit=0||400|limit",
        "GET|/v1/actions?cursor=later||400|cursor",
        "GET|/v1/actions?limit=101||400|limit",
        "POST|/v1/dead/a:b:job/redrive||404|task",
        "POST|/v1/dead/a:b:x/redrive||400|task",
        "POST|/v1/dead/nothing/redrive||400|task",
        "POST|/v1/audit|{}|400|repair",
        "POST|/v1/audit|{\"repair\":\"yes\"}|400|repair",
        "POST|/v1/dead/redrive|{}|400|neither",
        "POST|/v1/dead/redrive|{\"all\":false}|400|all",
        "POST|/v1/dead/redrive|{\"all\":true,\"tasks\":[\"a:b:0\"]}|400|both",
        "POST|/v1/dead/redrive|{\"tasks\":[]}|400|tasks",
        "POST|/v1/dead/redrive|{\"tasks\":[\"a\"]}|400|tasks.0",
        "POST|/v1/dead/redrive|{\"tasks\":[\"a:b:0\"],\"cursor\":\"1\"}|400|cursor",
        "POST|/v1/dead/redrive|{\"all\":true,\"cursor\":\"later\"}|400|cursor",
      })
  void request_thatCannotBe_problemNamesWhatAndWhy(
      String method, String path, @Nullable String body, int status, String word) {
    HttpResponse<Buffer> answer =
        tenants.admin(HttpMethod.valueOf(method), path, body == null ? null : new JsonObject(body));

    assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(status);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.bodyAsJsonObject().getString("detail"))
        .contains(word)
        .contains("(expected: ");
    assertThat(tenants.read("/v1/actions").getJsonArray("actions")).isEmpty();
  }

  @Test
  void pause_longestReason_isKept() {
    String longest = "\ud83d\ude00".repeat(128);

    assertThat(tenants.post("/v1/stages/tiny-sr@1/pause", reason(longest)).statusCode())
        .isEqualTo(200);
    assertThat(stage("tiny-sr@1").getString("paused")).isEqualTo(longest);
  }

  private JsonObject stage(String bundle) {
    return tenants.read("/v1/stages").getJsonArray("stages").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("bundle").equals(bundle))
        .findFirst()
        .orElseThrow();
  }

  private static JsonObject reason(String reason) {
    return new JsonObject().put("reason", reason);
  }

  private static JsonObject most(@Nullable Integer most) {
    return new JsonObject().put("most", most);
  }

  private JsonObject put(String path, JsonObject body) {
    return tenants.admin(HttpMethod.PUT, path, body).bodyAsJsonObject();
  }
}
