package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.coordinator.access.Role;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What operators see of tasks that will not be tried again, and how they take them up. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class DeadTasksTest {
  private Tenants tenants;

  @BeforeEach
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    tenants = Tenants.start(redis.url(), store, Map.of());
  }

  @AfterEach
  void stop() {
    tenants.close();
  }

  @Test
  void dead_pageByPage_latestFirstWithTheirReasons() {
    List<String> killed = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tenants.job("acme");
      killed.add(0, tenants.kill(TestCatalogue.TEXT));
    }
    JsonObject first = tenants.read("/v1/dead?limit=2");
    JsonObject second = tenants.read("/v1/dead?limit=2&cursor=" + first.getString("next"));

    assertThat(tasks(first)).isEqualTo(killed.subList(0, 2));
    assertThat(tasks(second)).isEqualTo(killed.subList(2, 3));
    assertThat(first.getInteger("total")).isEqualTo(3);
    assertThat(second.fieldNames()).doesNotContain("next");
    JsonObject task = first.getJsonArray("tasks").getJsonObject(0);
    assertThat(Instant.parse(task.getString("at"))).isBefore(Instant.now().plusSeconds(5));
    task.remove("at");
    assertThat(task)
        .isEqualTo(
            new JsonObject()
                .put("task", killed.get(0))
                .put("job", killed.get(0).split(":", -1)[0])
                .put("stage", "text")
                .put("tenant", "acme")
                .put("bundle", "tiny-text@1")
                .put("kind", "permanent")
                .put("reason", "no such colour")
                .put("attempts", 1)
                .put("failures", 0)
                .put("stalls", 0)
                .put("lost", 0));
  }

  @Test
  void redrive_oneTask_itsJobIsTakenUpAndSucceeds() {
    String job = tenants.job("globex");
    String task = tenants.kill(TestCatalogue.TEXT);

    HttpResponse<Buffer> answer = tenants.post("/v1/dead/" + task + "/redrive", null);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.bodyAsJsonObject())
        .isEqualTo(
            new JsonObject()
                .put("redriven", new JsonArray().add(task))
                .put("refused", new JsonArray()));
    assertThat(tenants.post("/v1/dead/" + task + "/redrive", null).statusCode()).isEqualTo(404);
    tenants.farm.worker.drain();
    String token = Tenants.token("globex", Role.WATCH);
    assertThat(
            tenants
                .send(HttpMethod.GET, "/v1/jobs/" + job, token, null)
                .bodyAsJsonObject()
                .getString("status"))
        .isEqualTo("succeeded");
  }

  @Test
  void redrive_jobStillEnding_conflictAndLater() {
    String task = endingJob();

    HttpResponse<Buffer> answer = tenants.post("/v1/dead/" + task + "/redrive", null);

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.getHeader("Retry-After")).isEqualTo("2");
    assertThat(answer.bodyAsJsonObject().getString("type")).endsWith(":job-ending");
  }

  /** One of two images is dead, the other still with a worker. */
  private String endingJob() {
    tenants.submit("acme", minimal().put("n", 2));
    tenants.farm.worker.drainText();
    tenants.farm.worker.claim(TestCatalogue.BASE, 1);
    return tenants.kill(TestCatalogue.BASE);
  }

  @Test
  void redrive_several_eachIsToldWhatBecameOfIt() {
    tenants.job("acme");
    String good = tenants.kill(TestCatalogue.TEXT);
    String ending = endingJob();
    String unknown = "nothing:text:job";

    JsonObject answer =
        tenants.post("/v1/dead/redrive", named(good, ending, unknown, good)).bodyAsJsonObject();

    assertThat(answer.getJsonArray("redriven")).containsExactly(good);
    assertThat(answer.getJsonArray("refused").stream().map(this::taskAndCode))
        .containsExactly(ending + " ending", unknown + " none");
    assertThat(answer.fieldNames()).doesNotContain("next");
  }

  private String taskAndCode(Object refused) {
    JsonObject one = (JsonObject) refused;
    return one.getString("task") + " " + one.getString("code");
  }

  @Test
  void redrive_all_pageByPageUntilThereAreNone() {
    for (int i = 0; i < 103; i++) {
      tenants.job("globex");
      tenants.kill(TestCatalogue.TEXT);
    }
    JsonObject all = new JsonObject().put("all", true);

    JsonObject first = tenants.post("/v1/dead/redrive", all).bodyAsJsonObject();
    all.put("cursor", first.getString("next"));
    JsonObject second = tenants.post("/v1/dead/redrive", all).bodyAsJsonObject();

    assertThat(first.getJsonArray("redriven")).hasSize(100);
    assertThat(second.getJsonArray("redriven")).hasSize(3);
    assertThat(second.fieldNames()).doesNotContain("next");
    assertThat(tenants.read("/v1/dead").getInteger("total")).isZero();
    assertThat(tenants.farm.worker.claim(TestCatalogue.TEXT, 64)).hasSize(64);
  }

  private static List<String> tasks(JsonObject page) {
    return page.getJsonArray("tasks").stream()
        .map(each -> ((JsonObject) each).getString("task"))
        .toList();
  }

  private static JsonObject named(String... tasks) {
    return new JsonObject().put("tasks", new JsonArray(List.of(tasks)));
  }
}
