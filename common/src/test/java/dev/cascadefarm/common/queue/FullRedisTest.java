package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis of its own whose memory is used up: no new jobs, but all that is there can be done. */
@Tag("integration")
class FullRedisTest {
  private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");
  private static final String BALLAST = "ballast";

  private EmbeddedRedis redis;
  private FaultyQueue farm;

  @BeforeEach
  void open(@TempDir Path folder) {
    redis = EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(folder));
    farm =
        new FaultyQueue(redis.url(), config -> config.withCommandDeadline(Duration.ofSeconds(10)));
  }

  @AfterEach
  void close() {
    farm.close();
    redis.close();
  }

  private void fill() {
    farm.raw.ask(Command.SETRANGE, BALLAST, 4 << 20, "x");
    Matcher used = USED.matcher(String.valueOf(farm.raw.ask(Command.INFO, "memory")));
    assertThat(used.find()).isTrue();
    long half = Long.parseLong(used.group(1)) / 2;
    farm.raw.ask(Command.CONFIG, "SET", "maxmemory", half);
  }

  private void unlimited() {
    farm.raw.ask(Command.CONFIG, "SET", "maxmemory", 0);
  }

  private Outcome submit(String job) {
    return QueueFixture.await(farm.queue.jobs().submit(QueueFixture.submission(job, 1))).outcome();
  }

  @Test
  void memoryUsedUp_submitsAreLimitedAndTheFarmDrains() {
    Load load = new Load(farm, Collections.nCopies(4, farm.queue), 8).submitted();
    fill();
    for (int i = 0; i < 20; i++) {
      assertThat(submit("flood-" + i)).isEqualTo(Outcome.LIMIT);
    }
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasValue(0);
    unlimited();
    assertThat(submit("later")).isEqualTo(Outcome.CREATED);
  }

  @Test
  void memoryUsedUp_everythingButNewJobsWorks() {
    farm.submitted("a", 1);
    farm.submitted("b", 1);
    farm.submitted("c", 1);
    fill();
    List<LeasedTask> tasks = farm.claimed(QueueFixture.TEXT, 2);
    LeasedTask kept = tasks.get(0);
    LeasedTask lost = tasks.get(1);
    TaskQueue queue = farm.queue.tasks();
    assertThat(
            QueueFixture.await(
                queue.renew("w", List.of(new Renewal(kept.id(), kept.nonce(), null)))))
        .containsValue(Renewal.Answer.OK);
    unlimited();
    farm.raw.score("lease:" + QueueFixture.TEXT, 1, lost.id().toString());
    fill();
    assertThat(QueueFixture.await(farm.queue.jobs().reap()).readied()).isEqualTo(1);
    Failure failure = new Failure(kept.id(), "w", kept.nonce(), Failure.Kind.RELEASED, "a reason");
    assertThat(QueueFixture.await(queue.fail(failure))).isEqualTo(ReportResult.OK);
    assertThat(QueueFixture.await(farm.queue.jobs().cancel(QueueFixture.TENANT, "c")))
        .contains(JobState.CANCELLED);
    QueueFixture.await(
        Future.all(farm.queue.jobs().ready(), queue.goodbye("worker-1"), farm.queue.jobs().reap()));
    Invariants.check(farm.raw);
  }
}
