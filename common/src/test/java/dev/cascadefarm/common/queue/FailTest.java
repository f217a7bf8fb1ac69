package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.QueueConfig.Delays;
import dev.cascadefarm.common.queue.TaskQueue.Failure.Kind;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailTest extends QueueOnRedis {
  private static final int MAX_FAILURES = 3;

  @Override
  QueueConfig configured(QueueConfig usual) {
    Delays delays = new Delays(Duration.ofMinutes(1), Duration.ofMinutes(5));
    return usual.withRetries(new QueueConfig.Retries(MAX_FAILURES, 3, 10, delays, delays));
  }

  private JobEvent last(String job) {
    List<JobEvent> events = farm.events(job);
    return events.get(events.size() - 1);
  }

  private long number(JobEvent event, String field) {
    if (event.data() == null) {
      throw new AssertionError("no data in " + event);
    }
    return event.data().path(field).asLong(-1);
  }

  @Test
  void fail_task_triedAgainAfterDelayWithReason() {
    farm.submit("j", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.fail(first, Kind.TASK)).isEqualTo(ReportResult.OK);
    assertThat(farm.task(first).state()).isEqualTo(TaskState.DELAYED);
    assertThat(farm.task(first).error()).isEqualTo("a reason");
    JobEvent retried = last("j");
    assertThat(retried.type()).isEqualTo(JobEvent.TASK_RETRIED);
    assertThat(number(retried, "failures")).isEqualTo(1);
    assertThat(number(retried, "delay_ms")).isBetween(0L, 120_000L);
    farm.makeDue(QueueFixture.TEXT);
    LeasedTask second = farm.claimOne(QueueFixture.TEXT);
    assertThat(second.attempt()).isEqualTo(2);
    farm.complete(second);
    assertThat(farm.task(second).error()).isNull();
  }

  @Test
  void fail_delayedTask_notClaimedBeforeItsTime() {
    farm.submit("j", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    farm.fail(first, Kind.INFRASTRUCTURE);
    assertThat(farm.claim(QueueFixture.TEXT, 1)).isEmpty();
  }

  @Test
  void fail_taskAsOftenAsAllowed_deadAndJobFailedLast() {
    farm.submit("j", 2);
    farm.drain(QueueFixture.TEXT);
    LeasedTask other = farm.claimOne(QueueFixture.BASE);
    for (int i = 1; i <= MAX_FAILURES; i++) {
      farm.makeDue(QueueFixture.BASE);
      assertThat(farm.fail(farm.claimOne(QueueFixture.BASE), Kind.TASK)).isEqualTo(ReportResult.OK);
    }
    JobSnapshot job = farm.job("j");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error()).isEqualTo("base: a reason");
    assertThat(job.tasks())
        .extracting(JobSnapshot.Task::state)
        .containsExactly(
            TaskState.DONE,
            TaskState.LEASED,
            TaskState.DEAD,
            TaskState.CANCELLED,
            TaskState.CANCELLED);
    assertThat(farm.raw.scores("dead")).containsOnlyKeys("j:base:1");
    assertThat(farm.renew(other, null)).isEqualTo(Renewal.Answer.CANCEL);
    assertThat(farm.fail(other, Kind.CANCELLED)).isEqualTo(ReportResult.OK);
    assertThat(farm.task(other).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(last("j").type()).isEqualTo(JobEvent.JOB_FAILED);
    assertThat(farm.raw.hash("ten:default")).containsEntry("backlog", "0");
  }

  @Test
  void fail_permanent_deadAtOnce() {
    farm.submit("j", 1);
    assertThat(farm.fail(farm.claimOne(QueueFixture.TEXT), Kind.PERMANENT))
        .isEqualTo(ReportResult.OK);
    assertThat(farm.job("j").state()).isEqualTo(JobState.FAILED);
    assertThat(farm.eventTypes("j")).endsWith("task.started", "task.dead", "job.failed");
  }

  @Test
  void fail_infrastructure_neverCountedWithGrowingDelay() {
    farm.submit("j", 1);
    long longest = 0;
    for (int i = 0; i < 3 * MAX_FAILURES; i++) {
      farm.makeDue(QueueFixture.TEXT);
      farm.fail(farm.claimOne(QueueFixture.TEXT), Kind.INFRASTRUCTURE);
      long delay = number(last("j"), "delay_ms");
      assertThat(delay).isBetween(30_000L, 300_000L);
      longest = Math.max(longest, delay);
    }
    assertThat(longest).isGreaterThan(150_000L);
    assertThat(farm.raw.hash("task:j:text:job")).doesNotContainKey("failures");
    farm.makeDue(QueueFixture.TEXT);
    farm.complete(farm.claimOne(QueueFixture.TEXT));
    assertThat(farm.job("j").state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void fail_released_readyAtOnceAtItsOldPlace() {
    farm.submit("j1", 1);
    farm.submit("j2", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    assertThat(first.id().job()).isEqualTo("j1");
    farm.fail(first, Kind.RELEASED);
    assertThat(farm.claimOne(QueueFixture.TEXT).id().job()).isEqualTo("j1");
    assertThat(farm.raw.hash("task:j1:text:job")).doesNotContainKeys("failures", "stalls");
  }

  @Test
  void fail_cancelledThoughJobIsWanted_readyAgain() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.fail(task, Kind.CANCELLED)).isEqualTo(ReportResult.OK);
    assertThat(farm.task(task).state()).isEqualTo(TaskState.READY);
  }

  @Test
  void fail_repeated_already() {
    for (Kind kind : Kind.values()) {
      String job = "j-" + kind.name().toLowerCase(java.util.Locale.ROOT);
      farm.submit(job, 1);
      LeasedTask task = farm.claimOne(QueueFixture.TEXT);
      assertThat(farm.fail(task, kind)).isEqualTo(ReportResult.OK);
      long events = farm.job(job).lastEvent();
      assertThat(farm.fail(task, kind)).as(kind.name()).isEqualTo(ReportResult.ALREADY);
      assertThat(farm.job(job).lastEvent()).isEqualTo(events);
      farm.cancel(job);
    }
  }

  @Test
  void fail_staleNonce_changesNothing() {
    farm.submit("j", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    farm.expire(first, QueueFixture.TEXT);
    farm.reap();
    LeasedTask second = farm.claimOne(QueueFixture.TEXT);
    farm.fail(second, Kind.RELEASED);
    LeasedTask third = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.fail(first, Kind.PERMANENT)).isEqualTo(ReportResult.STALE);
    assertThat(farm.task(third).state()).isEqualTo(TaskState.LEASED);
    assertThat(farm.job("j").state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void fail_afterComplete_stale() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    farm.complete(task);
    assertThat(farm.fail(task, Kind.TASK)).isEqualTo(ReportResult.STALE);
    assertThat(farm.task(task).state()).isEqualTo(TaskState.DONE);
  }

  @Test
  void fail_longReason_cutToTwoKibibytes() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    String reason = "ü".repeat(3_000);
    QueueFixture.await(
        farm.tasks.fail(
            new TaskQueue.Failure(task.id(), "w", task.nonce(), Kind.PERMANENT, reason)));
    assertThat(farm.task(task).error()).isEqualTo("ü".repeat(1_024));
  }
}
