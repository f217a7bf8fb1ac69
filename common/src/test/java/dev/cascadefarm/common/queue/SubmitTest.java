package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SubmitTest extends QueueOnRedis {
  private static final int BACKLOG = 40;

  @Override
  QueueConfig configured(QueueConfig usual) {
    return usual.withLimits(
        new QueueConfig.Limits(
            BACKLOG, Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofSeconds(15)));
  }

  @Test
  void submit_new_createsJobWithFirstTaskReady() {
    Submission submission = QueueFixture.submission("j", 2);
    assertThat(farm.submit(submission)).isEqualTo(new SubmitResult(Outcome.CREATED, "j", null));
    JobSnapshot job = farm.job("j");
    assertThat(job.state()).isEqualTo(JobState.QUEUED);
    assertThat(job.spec()).isEqualTo(submission.spec());
    assertThat(job.plan()).isEqualTo(submission.plan());
    assertThat(job.createdAt()).isPositive();
    assertThat(job.startedAt()).isZero();
    assertThat(job.queuePosition()).isZero();
    assertThat(job.tasks())
        .extracting(JobSnapshot.Task::state)
        .containsExactly(
            TaskState.READY,
            TaskState.BLOCKED,
            TaskState.BLOCKED,
            TaskState.BLOCKED,
            TaskState.BLOCKED);
  }

  @Test
  void submit_readiesTasks_hintsToTheBus() throws Exception {
    CompletableFuture<BundleId> ready = new CompletableFuture<>();
    CompletableFuture<String> changed = new CompletableFuture<>();
    QueueFixture.await(farm.bus.onReady(ready::complete).completion());
    QueueFixture.await(farm.bus.onJob(changed::complete).completion());
    farm.submit("j", 1);
    assertThat(ready).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(QueueFixture.TEXT);
    assertThat(changed).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("j");
  }

  @Test
  void submit_sameKeyAndDigest_replaysEarlierJob() {
    farm.submit(QueueFixture.withKey(QueueFixture.submission("j1", 1), "key", "same"));
    assertThat(farm.submit(QueueFixture.withKey(QueueFixture.submission("j2", 1), "key", "same")))
        .isEqualTo(new SubmitResult(Outcome.REPLAYED, "j1", null));
    assertThat(QueueFixture.await(farm.jobs.job(QueueFixture.TENANT, "j2"))).isEmpty();
  }

  @Test
  void submit_sameKeyOtherDigest_conflict() {
    farm.submit(QueueFixture.withKey(QueueFixture.submission("j1", 1), "key", "one"));
    assertThat(farm.submit(QueueFixture.withKey(QueueFixture.submission("j2", 1), "key", "two")))
        .isEqualTo(new SubmitResult(Outcome.CONFLICT, "j1", null));
    assertThat(farm.raw.hash("job:j2")).isEmpty();
  }

  @Test
  void submit_sameJobIdAfterLostReply_replays() {
    farm.submit("j", 1);
    assertThat(farm.submit(QueueFixture.submission("j", 1)))
        .isEqualTo(new SubmitResult(Outcome.REPLAYED, "j", null));
    assertThat(farm.eventTypes("j")).containsExactly("job.queued");
  }

  @Test
  void submit_keyOfFinishedJob_stillReplays() {
    farm.submit(QueueFixture.withKey(QueueFixture.submission("j1", 1), "{0}k:e y", "same"));
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
    assertThat(farm.job("j1").state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(farm.raw.ttlMs("idem:default:{0}k:e y")).isBetween(1L, 3_600_000L);
    assertThat(
            farm.submit(QueueFixture.withKey(QueueFixture.submission("j2", 1), "{0}k:e y", "same"))
                .outcome())
        .isEqualTo(Outcome.REPLAYED);
  }

  @Test
  void submit_beyondBacklog_limitUntilTasksAreOver() {
    farm.submit("j1", 19);
    assertThat(farm.submit(QueueFixture.submission("j2", 1)).outcome()).isEqualTo(Outcome.LIMIT);
    assertThat(farm.raw.hash("job:j2")).isEmpty();
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE);
    assertThat(farm.submit(QueueFixture.submission("j2", 1)).outcome()).isEqualTo(Outcome.CREATED);
  }

  @Test
  void submit_redisOutOfMemory_limitWhileWorkersGoOn() {
    farm.submit("j1", 1);
    farm.raw.ask(Command.CONFIG, "SET", "maxmemory", "1");
    try {
      assertThat(farm.submit(QueueFixture.submission("j2", 1)))
          .extracting(SubmitResult::outcome, result -> result.limit().bound())
          .containsExactly(Outcome.LIMIT, SubmitResult.Bound.MEMORY);
      farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
      assertThat(farm.job("j1").state()).isEqualTo(JobState.SUCCEEDED);
    } finally {
      farm.raw.ask(Command.CONFIG, "SET", "maxmemory", "0");
    }
  }

  @Test
  void submit_bundleRegisteredWithAnotherDigest_refused() {
    QueueFixture.await(farm.jobs.register(QueueFixture.BASE, "other"));
    assertThatThrownBy(() -> farm.submit("j", 1))
        .isInstanceOfSatisfying(
            QueueRefusedException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(QueueRefusedException.Reason.WRONG_BUNDLE))
        .hasMessageContaining("base@1");
    assertThat(farm.raw.hash("job:j")).isEmpty();
  }

  @Test
  void submit_anotherSchemaInRedis_refused() {
    farm.raw.field("cfg", "schema", "1");
    assertThatThrownBy(() -> QueueFixture.await(farm.jobs.submit(QueueFixture.submission("j", 1))))
        .isInstanceOfSatisfying(
            QueueRefusedException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(QueueRefusedException.Reason.WRONG_SCHEMA))
        .hasMessageContaining("schema: 1 (expected: 2)");
    assertThat(farm.raw.hash("job:j")).isEmpty();
  }

  @Test
  void submit_stageBeforeItsPredecessor_refusedWithItsName() {
    JobPlan plan =
        new JobPlan(
            List.of(
                QueueFixture.stage("base", QueueFixture.BASE, StageBundle.Per.IMAGE, "text"),
                QueueFixture.stage("text", QueueFixture.TEXT, StageBundle.Per.JOB)));
    Submission wrong =
        new Submission(QueueFixture.TENANT, "j", null, "d", 0, QueueFixture.spec(1), plan);
    assertThatThrownBy(() -> farm.submit(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("base: after: [text]");
  }

  @Test
  void register_otherDigest_firstStays() {
    assertThat(QueueFixture.await(farm.jobs.register(QueueFixture.TEXT, "a"))).isTrue();
    assertThat(QueueFixture.await(farm.jobs.register(QueueFixture.TEXT, "a"))).isTrue();
    assertThat(QueueFixture.await(farm.jobs.register(QueueFixture.TEXT, "b"))).isFalse();
    assertThat(QueueFixture.await(farm.tasks.registeredDigest(QueueFixture.TEXT))).isEqualTo("a");
    assertThat(QueueFixture.await(farm.tasks.registeredDigest(QueueFixture.SR))).isNull();
  }
}
