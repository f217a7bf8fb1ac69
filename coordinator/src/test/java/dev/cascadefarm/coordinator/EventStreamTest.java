package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.coordinator.events.FeedLimits;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({RedisExtension.class, StoreExtension.class})
class EventStreamTest {
  private static final FeedLimits LIMITS =
      new FeedLimits(
          100, Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofMillis(400), 4);
  private static final Pattern SSE_ID = Pattern.compile("(?m)^id: (\\d+)$");

  private CoordinatorFixture farm;
  private CoordinatorFixture other;

  @BeforeAll
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    CoordinatorConfig config = CoordinatorFixture.CONFIG.withFeeds(LIMITS);
    farm = CoordinatorFixture.start(redis.url(), store, config);
    other = CoordinatorFixture.start(redis.url(), store, config);
  }

  @AfterAll
  void stop() {
    other.close();
    farm.close();
  }

  private Watcher watch(CoordinatorFixture through, String job, String query) {
    return Watcher.of(farm.vertx, through.port(), job, query);
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private long lastSequence(String job) {
    return farm.get("/v1/jobs/" + job + "/events").bodyAsJsonObject().getLong("last");
  }

  @Test
  void socket_wholeJob_numbersWithoutGapsAndCleanClose() {
    String job = farm.submit(minimal().put("n", 3)).bodyAsJsonObject().getString("id");
    Watcher watcher = watch(farm, job, "");

    farm.worker.drain();

    assertThat(watcher.closeCode()).isEqualTo(1000);
    assertThat(watcher.sequences()).isEqualTo(upTo(lastSequence(job)));
    List<JsonObject> heard = watcher.heard();
    assertThat(heard.get(0).getString("type")).isEqualTo("job.queued");
    assertThat(heard.get(heard.size() - 1).getString("type")).isEqualTo("job.succeeded");
    assertThat(heard).allSatisfy(event -> assertThat(event.getString("job")).isEqualTo(job));
  }

  @Test
  void socket_resumedOnAnotherCoordinator_hasNoGapAndNothingTwice() {
    String job = farm.submit(minimal().put("n", 3)).bodyAsJsonObject().getString("id");
    Watcher first = watch(farm, job, "");
    farm.worker.complete(farm.worker.claim(TestCatalogue.TEXT, 1).get(0), List.of());
    first.next("task.completed");
    first.leave();
    farm.worker.drain();

    List<Long> seen = new ArrayList<>(first.sequences());
    Watcher second = watch(other, job, "?after=" + seen.get(seen.size() - 1));

    assertThat(second.closeCode()).isEqualTo(1000);
    seen.addAll(second.sequences());
    assertThat(seen).isEqualTo(upTo(lastSequence(job)));
  }

  @Test
  void socket_withoutHints_findsEventsByItself() {
    String job = farm.job();
    Watcher watcher = watch(other, job, "");

    farm.worker.drain();

    assertThat(watcher.closeCode()).isEqualTo(1000);
    assertThat(watcher.sequences()).isEqualTo(upTo(lastSequence(job)));
  }

  @Test
  void socket_endedJob_saysTheRestAndCloses() {
    String job = farm.job();
    farm.worker.drain();
    long last = lastSequence(job);

    Watcher watcher = watch(farm, job, "?after=" + (last - 1));
    Watcher late = watch(farm, job, "?after=" + last);

    assertThat(watcher.closeCode()).isEqualTo(1000);
    assertThat(watcher.sequences()).containsExactly(last);
    assertThat(late.closeCode()).isEqualTo(1000);
    assertThat(late.heard()).isEmpty();
  }

  @Test
  void socket_afterBeyondTheEnd_isRefusedBeforeTheUpgrade() {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(farm.port())
            .setURI("/v1/jobs/" + farm.job() + "/events?after=99");

    Throwable failure =
        await(
            farm.vertx
                .createWebSocketClient()
                .connect(options)
                .transform(done -> Future.succeededFuture(done.cause())));

    assertThat(failure).isInstanceOf(UpgradeRejectedException.class);
    assertThat(((UpgradeRejectedException) failure).getStatus()).isEqualTo(400);
    assertThat(((UpgradeRejectedException) failure).getBody().toJsonObject().getInteger("status"))
        .isEqualTo(400);
  }

  @Test
  void socket_progressAndPreviews_comeUnnumbered() {
    String job = farm.job();
    Watcher watcher = watch(farm, job, "");
    watcher.next("job.queued");

    farm.bus.publishLive(live(job, JobEvent.TASK_PROGRESS, 0, "7"));
    farm.bus.publishLive(live(job, JobEvent.TASK_PREVIEW, 0, "png"));

    JsonObject preview = watcher.next("task.preview");
    assertThat(preview.containsKey("seq")).isFalse();
    assertThat(watcher.next("task.progress").getString("data")).isEqualTo("7");
    watcher.leave();
  }

  private void awaitMetric(String line) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!farm.get("/metrics").bodyAsString().contains(line)) {
      assertThat(System.nanoTime()).as(line).isLessThan(deadline);
    }
  }

  private static JobEvent live(String job, String type, int image, String data) {
    return new JobEvent(
        JobEvent.VERSION, null, type, 1, job, "base", image, 1, TextNode.valueOf(data));
  }

  @Test
  void socket_readerThatStops_isClosedAndContinuesWithoutLoss() {
    String job = farm.job();
    Watcher slow = watch(farm, job, "");
    slow.next("job.queued");
    slow.pause();
    String picture = "x".repeat(200_000);
    for (int i = 0; i < 100; i++) {
      farm.bus.publishLive(live(job, JobEvent.TASK_PREVIEW, i, picture));
    }
    farm.worker.drain();
    awaitMetric("farm_event_streams_dropped_total 1.0");
    slow.resume();

    assertThat(slow.closeCode()).isEqualTo(1013);
    long seen = slow.sequences().get(slow.sequences().size() - 1);
    Watcher again = watch(farm, job, "?after=" + seen);
    assertThat(again.closeCode()).isEqualTo(1000);
    List<Long> all = new ArrayList<>(slow.sequences());
    all.addAll(again.sequences());
    assertThat(all).isEqualTo(upTo(lastSequence(job)));
  }

  @Test
  void socket_clientThatTalksTooMuch_isClosed() {
    Watcher watcher = watch(farm, farm.job(), "");

    for (int i = 0; i < 11; i++) {
      watcher.say("hello");
    }

    assertThat(watcher.closeCode()).isEqualTo(1008);
  }

  @Test
  void streams_crowdedCoordinatorThatCloses_refusesAndSendsElsewhere(
      TestRedis redis, TestStore store) {
    FeedLimits one = new FeedLimits(1, LIMITS.poll(), LIMITS.ping(), LIMITS.drain(), 4);
    String job = farm.job();
    try (CoordinatorFixture small =
        CoordinatorFixture.start(redis.url(), store, CoordinatorFixture.CONFIG.withFeeds(one))) {
      Watcher watcher = watch(small, job, "");
      watcher.next("job.queued");

      HttpResponse<Buffer> refused = stream(small, job, null);
      await(small.coordinator.close());

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.getHeader("Retry-After")).isNotNull();
      assertThat(watcher.closeCode()).isEqualTo(1001);
    }
  }

  @Test
  void sse_wholeJob_carriesSequencesAsIds() {
    String job = farm.job();
    Future<HttpResponse<Buffer>> stream =
        farm.request(HttpMethod.GET, "/v1/jobs/" + job + "/events")
            .putHeader("Accept", "text/event-stream")
            .send();

    farm.worker.drain();

    HttpResponse<Buffer> answer = await(stream);
    assertThat(answer.getHeader("Content-Type")).startsWith("text/event-stream");
    assertThat(ids(answer)).isEqualTo(upTo(lastSequence(job)));
    assertThat(answer.bodyAsString()).contains("event: job.succeeded\ndata: {");
  }

  @Test
  void sse_lastEventId_continuesAfterIt() {
    String job = farm.job();
    farm.worker.drain();
    long last = lastSequence(job);

    assertThat(ids(stream(farm, job, "3"))).isEqualTo(upTo(last).subList(3, (int) last));
    assertThat(stream(farm, job, Long.toString(last)).statusCode()).isEqualTo(204);
  }

  @Test
  void page_limited_givesTheOldestAndWhereTheEndIs() {
    String job = farm.job();
    farm.worker.drain();

    JsonObject page = farm.get("/v1/jobs/" + job + "/events?after=1&limit=2").bodyAsJsonObject();

    assertThat(page.getJsonArray("events")).hasSize(2);
    JobEvent first =
        WireJson.read(page.getJsonArray("events").getJsonObject(0).encode(), JobEvent.class);
    assertThat(first.seq()).isEqualTo(2);
    assertThat(page.getLong("last")).isGreaterThan(3);
    assertThat(page.getString("status")).isEqualTo("succeeded");
  }

  private static HttpResponse<Buffer> stream(
      CoordinatorFixture through, String job, @Nullable String lastId) {
    var request =
        through
            .request(HttpMethod.GET, "/v1/jobs/" + job + "/events")
            .putHeader("Accept", "text/event-stream");
    return await(
        lastId == null ? request.send() : request.putHeader("Last-Event-ID", lastId).send());
  }

  private static List<Long> ids(HttpResponse<Buffer> answer) {
    return SSE_ID
        .matcher(answer.bodyAsString())
        .results()
        .map(MatchResult::group)
        .map(line -> Long.parseLong(line.substring("id: ".length())))
        .toList();
  }
}
