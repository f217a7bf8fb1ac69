package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class JobFlowTest {
  private CoordinatorFixture farm;

  @BeforeEach
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    farm = CoordinatorFixture.start(redis.url(), store, CoordinatorFixture.CONFIG);
  }

  @AfterEach
  void stop() {
    farm.close();
  }

  @Test
  void submit_wholeRequest_jobDocumentSaysAll() {
    JsonObject set = new JsonObject().put("base", new JsonObject().put("guidance", 7.5));
    JsonObject body =
        minimal()
            .put("negative_prompt", "blur")
            .put("n", 2)
            .put("seed", 42)
            .put("priority", 3)
            .put("set", set);

    HttpResponse<Buffer> answer = farm.submit(body);

    JsonObject job = answer.bodyAsJsonObject();
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.getHeader("Location")).isEqualTo("/v1/jobs/" + job.getString("id"));
    assertThat(job.getString("status")).isEqualTo("queued");
    assertThat(job.getString("cascade")).isEqualTo("tiny@1");
    assertThat(job.getString("negative_prompt")).isEqualTo("blur");
    assertThat(job.getInteger("priority")).isEqualTo(3);
    assertThat(job.getLong("queue_position")).isZero();
    assertThat(Instant.parse(job.getString("created_at"))).isBeforeOrEqualTo(Instant.now());
    assertThat(job.getJsonObject("settings").getJsonObject("base"))
        .isEqualTo(new JsonObject().put("steps", 20).put("guidance", 7.5));
    assertThat(job.getJsonArray("images").getJsonObject(1))
        .isEqualTo(
            new JsonObject(
                "{\"index\":1,\"seed\":43,\"status\":\"queued\",\"stages\":["
                    + "{\"name\":\"base\",\"status\":\"queued\"},"
                    + "{\"name\":\"sr\",\"status\":\"queued\"}]}"));
    assertThat(job.getJsonObject("links").getString("events"))
        .isEqualTo("/v1/jobs/" + job.getString("id") + "/events");
  }

  @Test
  void submit_withoutSeed_drawsOneBelow2To53() {
    long first = farm.submit(minimal()).bodyAsJsonObject().getLong("seed");
    long second = farm.submit(minimal()).bodyAsJsonObject().getLong("seed");

    assertThat(first).isBetween(0L, (1L << 53) - 1).isNotEqualTo(second);
  }

  @Test
  void getImage_ofFinishedJob_isThePictureWithItsHash() {
    String job = farm.submit(minimal().put("n", 2)).bodyAsJsonObject().getString("id");
    farm.worker.drain();

    JsonObject done = farm.get("/v1/jobs/" + job).bodyAsJsonObject();
    assertThat(done.getString("status")).isEqualTo("succeeded");
    JsonObject image = done.getJsonArray("images").getJsonObject(1);
    HttpResponse<Buffer> picture = farm.get(image.getString("url"));
    assertThat(picture.getHeader("Content-Type")).isEqualTo("image/png");
    assertThat(picture.body().getBytes()).isEqualTo(TestWorker.PIXEL);
    String stageUrl = image.getJsonArray("stages").getJsonObject(0).getString("url");
    assertThat(stageUrl).endsWith("?stage=base");
    assertThat(farm.get(stageUrl).statusCode()).isEqualTo(200);
    HttpResponse<Buffer> again =
        await(
            farm.request(HttpMethod.GET, image.getString("url"))
                .putHeader("If-None-Match", picture.getHeader("ETag"))
                .send());
    assertThat(again.statusCode()).isEqualTo(304);
  }

  @Test
  void getJob_halfWay_countsStepsAndShowsWarnings() {
    String job = farm.job();
    LeasedTask text = farm.worker.claim(TestCatalogue.TEXT, 1).get(0);
    farm.worker.complete(text, List.of("unknown word: quux"));
    farm.worker.claim(TestCatalogue.BASE, 1);

    JsonObject document = farm.get("/v1/jobs/" + job).bodyAsJsonObject();

    assertThat(document.getString("status")).isEqualTo("running");
    assertThat(document.getJsonArray("warnings")).containsExactly("unknown word: quux");
    JsonArray stages = document.getJsonArray("stages");
    assertThat(stages.getJsonObject(0).getString("status")).isEqualTo("succeeded");
    assertThat(stages.getJsonObject(1).getString("status")).isEqualTo("running");
    assertThat(stages.getJsonObject(1).getInteger("steps_total")).isEqualTo(20);
    assertThat(stages.getJsonObject(2).getString("status")).isEqualTo("queued");
  }

  @Test
  void cancel_queuedJob_endsItAndMayBeRepeated() {
    String job = farm.job();

    for (int i = 0; i < 2; i++) {
      HttpResponse<Buffer> answer =
          await(farm.request(HttpMethod.POST, "/v1/jobs/" + job + "/cancel").send());
      assertThat(answer.statusCode()).isEqualTo(202);
      assertThat(answer.bodyAsJsonObject().getString("status")).isEqualTo("cancelled");
    }
  }

  @Test
  void listJobs_pageByPage_newestFirstAndNoneTwice() {
    List<String> submitted = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      submitted.add(0, farm.job());
    }
    List<String> listed = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonObject page = farm.get("/v1/jobs?limit=2&cursor=" + next).bodyAsJsonObject();
      page.getJsonArray("jobs").forEach(job -> listed.add(((JsonObject) job).getString("id")));
      next = page.getString("next");
    }

    assertThat(listed).isEqualTo(submitted);
  }

  @Test
  void listCascades_showsStagesAndTheirParameters() {
    JsonObject cascade =
        farm.get("/v1/cascades").bodyAsJsonObject().getJsonArray("cascades").getJsonObject(0);

    assertThat(cascade.getString("name")).isEqualTo("tiny");
    JsonObject base = cascade.getJsonArray("stages").getJsonObject(1);
    assertThat(base.getString("bundle")).isEqualTo("tiny-base@1");
    assertThat(base.getJsonObject("parameters").getJsonObject("properties").fieldNames())
        .containsExactlyInAnyOrder("steps", "guidance");
  }

  @Test
  void operationEndpoints_answer() {
    assertThat(farm.get("/healthz").statusCode()).isEqualTo(200);
    assertThat(farm.get("/readyz").bodyAsJsonObject().getString("status")).isEqualTo("ready");
    assertThat(farm.get("/metrics").bodyAsString()).contains("farm_event_streams");
    assertThat(farm.get("/openapi.yaml").bodyAsString())
        .contains("openapi: 3.1.0", "text/event-stream", "image/png");
    assertThat(farm.get("/v1/workers").bodyAsJsonObject().getJsonArray("workers")).isEmpty();
  }
}
