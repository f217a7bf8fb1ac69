package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.ReapResult;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReapTest extends QueueOnRedis {
  @Test
  void reap_runningLease_leftAlone() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.reap()).isEqualTo(new ReapResult(0, 0));
    assertThat(farm.task(task).state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void reap_leaseEndedWithinKillTime_leftAlone() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    farm.raw.score("lease:text@1", System.currentTimeMillis() - 5_000d, task.id().toString());
    assertThat(farm.reap()).isEqualTo(new ReapResult(0, 0));
  }

  @Test
  void reap_endedLease_readyAgainAndOldNonceStale() {
    farm.submit("j", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    farm.renew(first, null);
    farm.expire(first, QueueFixture.TEXT);
    assertThat(farm.reap()).isEqualTo(new ReapResult(1, 0));
    assertThat(farm.complete(first)).isEqualTo(ReportResult.STALE);
    LeasedTask second = farm.claimOne(QueueFixture.TEXT);
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(farm.complete(second)).isEqualTo(ReportResult.OK);
    assertThat(farm.eventTypes("j"))
        .containsSubsequence("task.started", "task.retried", "task.started", "task.completed");
  }

  @Test
  void reap_startedTaskThreeTimes_deadAsPoison() {
    farm.submit("j", 1);
    for (int i = 0; i < 3; i++) {
      LeasedTask task = farm.claimOne(QueueFixture.TEXT);
      farm.renew(task, null);
      farm.expire(task, QueueFixture.TEXT);
      assertThat(farm.reap()).isEqualTo(i < 2 ? new ReapResult(1, 0) : new ReapResult(0, 1));
    }
    assertThat(farm.job("j").state()).isEqualTo(JobState.FAILED);
    assertThat(farm.job("j").error()).isEqualTo("text: its worker stopped reporting");
  }

  @Test
  void reap_neverStartedTask_notStalledButDeadAfterTen() {
    farm.submit("j", 1);
    for (int i = 0; i < 10; i++) {
      farm.expire(farm.claimOne(QueueFixture.TEXT), QueueFixture.TEXT);
      assertThat(farm.reap()).isEqualTo(i < 9 ? new ReapResult(1, 0) : new ReapResult(0, 1));
    }
    assertThat(farm.raw.hash("task:j:text:job")).doesNotContainKey("stalls");
  }

  @Test
  void reap_stallLongAgo_forgotten() {
    farm.submit("j", 1);
    for (int i = 0; i < 5; i++) {
      LeasedTask task = farm.claimOne(QueueFixture.TEXT);
      farm.renew(task, null);
      farm.expire(task, QueueFixture.TEXT);
      farm.reap();
      farm.raw.field("task:j:text:job", "stalled", 1);
    }
    assertThat(farm.job("j").state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void reap_silentWorkerOfCancelledJob_jobCancelled() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    farm.cancel("j");
    farm.expire(task, QueueFixture.TEXT);
    assertThat(farm.reap()).isEqualTo(new ReapResult(0, 0));
    assertThat(farm.job("j").state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void releaseIfSilent_workerHeardOfLately_keepsItsLeases() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    heartbeat("worker-1");
    assertThat(farm.checked(farm.jobs.releaseIfSilent("worker-1"))).isFalse();
    assertThat(farm.renew(task, null)).isEqualTo(TaskQueue.Renewal.Answer.OK);
  }

  @Test
  void releaseIfSilent_silentWorker_tasksReadyAtOnceAndCountedAsStalled() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    farm.renew(task, null);
    heartbeat("worker-1");
    farm.raw.field("wk:worker-1", "seen", 1);
    assertThat(farm.checked(farm.jobs.releaseIfSilent("worker-1"))).isTrue();
    assertThat(farm.raw.hash("task:j:text:job")).containsEntry("stalls", "1");
    assertThat(farm.claimAs("worker-2", QueueFixture.TEXT, 1)).hasSize(1);
    assertThat(farm.renew(task, null)).isEqualTo(TaskQueue.Renewal.Answer.LOST);
  }

  @Test
  void reap_manyAtOnce_boundedPerPass() {
    for (int j = 0; j < 2; j++) {
      farm.submit("j" + j, 64);
      farm.drain(QueueFixture.TEXT);
      for (LeasedTask task : farm.claim(QueueFixture.BASE, 64)) {
        farm.raw.score("lease:base@1", 1, task.id().toString());
      }
    }
    assertThat(farm.reap()).isEqualTo(new ReapResult(100, 0));
    assertThat(farm.reap()).isEqualTo(new ReapResult(28, 0));
  }

  @Test
  void goodbye_leasedTasks_readyAtOnceAndWorkerGone() {
    farm.submit("j", 64);
    farm.drain(QueueFixture.TEXT);
    heartbeat("worker-1");
    assertThat(QueueFixture.await(farm.jobs.workers())).hasSize(1);
    farm.claimAs("worker-1", "r1", QueueFixture.BASE, 64);
    farm.goodbye("worker-1");
    assertThat(farm.claimAs("worker-2", "r2", QueueFixture.BASE, 64).tasks())
        .hasSize(64)
        .allMatch(task -> task.attempt() == 2);
    assertThat(QueueFixture.await(farm.jobs.workers())).isEmpty();
    assertThat(farm.raw.hash("task:j:base:0")).doesNotContainKeys("stalls", "lost", "failures");
  }

  @Test
  void goodbye_repeated_harmless() {
    farm.submit("j", 1);
    farm.claimAs("worker-1", "r1", QueueFixture.TEXT, 1);
    farm.goodbye("worker-1");
    farm.claimAs("worker-2", "r2", QueueFixture.TEXT, 1);
    farm.goodbye("worker-1");
    assertThat(farm.job("j").tasks().get(0).worker()).isEqualTo("worker-2");
    assertThat(farm.job("j").tasks().get(0).state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void heartbeat_recent_listedWithRedisTime() {
    heartbeat("w1");
    heartbeat("w2");
    List<WorkerSnapshot> workers = QueueFixture.await(farm.jobs.workers());
    assertThat(workers).extracting(WorkerSnapshot::id).containsExactlyInAnyOrder("w1", "w2");
    assertThat(workers).allMatch(worker -> worker.lastSeen() > 1_700_000_000_000L);
    farm.raw.score("workers", 1, "w1");
    assertThat(QueueFixture.await(farm.jobs.workers()))
        .extracting(WorkerSnapshot::id)
        .containsExactly("w2");
    heartbeat("w2");
    assertThat(farm.raw.hash("wk:w1")).isEmpty();
  }

  private void heartbeat(String worker) {
    QueueFixture.await(
        farm.tasks.heartbeat(
            new WorkerSnapshot(worker, QueueFixture.TEXT, "host", 1, "cpu", 4, 0, null, 0)));
  }
}
