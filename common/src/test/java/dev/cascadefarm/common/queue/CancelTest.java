package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.TaskQueue.Failure.Kind;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancelTest extends QueueOnRedis {
  @Test
  void cancel_queuedJob_cancelledAtOnce() {
    farm.submit("j", 3);
    assertThat(farm.cancel("j")).isEqualTo(JobState.CANCELLED);
    assertThat(farm.eventTypes("j"))
        .containsExactly("job.queued", "job.cancelling", "job.cancelled");
    assertThat(farm.job("j").tasks()).allMatch(task -> task.state() == TaskState.CANCELLED);
    assertThat(farm.claim(QueueFixture.TEXT, 1)).isEmpty();
  }

  @Test
  void cancel_leasedTask_endsWhenWorkerReports() {
    farm.submit("j", 2);
    farm.drain(QueueFixture.TEXT);
    List<LeasedTask> leased = farm.claim(QueueFixture.BASE, 2);
    assertThat(farm.cancel("j")).isEqualTo(JobState.CANCELLING);
    assertThat(farm.renew(leased.get(0), null)).isEqualTo(Renewal.Answer.CANCEL);
    assertThat(farm.fail(leased.get(0), Kind.CANCELLED)).isEqualTo(ReportResult.OK);
    assertThat(farm.job("j").state()).isEqualTo(JobState.CANCELLING);
    assertThat(farm.fail(leased.get(1), Kind.TASK)).isEqualTo(ReportResult.OK);
    assertThat(farm.job("j").state()).isEqualTo(JobState.CANCELLED);
    assertThat(farm.eventTypes("j")).endsWith("job.cancelling", "job.cancelled");
  }

  @Test
  void cancel_beforeComplete_resultNotTaken() {
    farm.submit("j", 1);
    LeasedTask text = farm.claimOne(QueueFixture.TEXT);
    farm.cancel("j");
    assertThat(farm.complete(text)).isEqualTo(ReportResult.CANCELLED);
    assertThat(farm.complete(text)).isEqualTo(ReportResult.CANCELLED);
    assertThat(farm.fail(text, Kind.CANCELLED)).isEqualTo(ReportResult.ALREADY);
    assertThat(farm.task(text).manifest()).isNull();
    assertThat(farm.job("j").state()).isEqualTo(JobState.CANCELLED);
    assertThat(farm.claim(QueueFixture.BASE, 1)).isEmpty();
  }

  @Test
  void cancel_afterComplete_taskStaysDone() {
    farm.submit("j", 1);
    LeasedTask text = farm.claimOne(QueueFixture.TEXT);
    farm.complete(text);
    assertThat(farm.cancel("j")).isEqualTo(JobState.CANCELLED);
    assertThat(farm.complete(text)).isEqualTo(ReportResult.ALREADY);
    assertThat(farm.task(text).state()).isEqualTo(TaskState.DONE);
  }

  @Test
  void cancel_finishedJob_tellsItsState() {
    farm.submit("j", 1);
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
    assertThat(farm.cancel("j")).isEqualTo(JobState.SUCCEEDED);
    assertThat(farm.eventTypes("j")).endsWith("job.succeeded");
  }

  @Test
  void cancel_repeated_changesNothing() {
    farm.submit("j", 1);
    farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.cancel("j")).isEqualTo(JobState.CANCELLING);
    long events = farm.job("j").lastEvent();
    assertThat(farm.cancel("j")).isEqualTo(JobState.CANCELLING);
    assertThat(farm.job("j").lastEvent()).isEqualTo(events);
  }

  @Test
  void cancel_delayedTask_removed() {
    farm.submit("j", 1);
    farm.fail(farm.claimOne(QueueFixture.TEXT), Kind.INFRASTRUCTURE);
    assertThat(farm.cancel("j")).isEqualTo(JobState.CANCELLED);
    assertThat(farm.raw.scores("dly:text@1")).isEmpty();
  }

  @Test
  void cancel_foreignOrUnknownJob_empty() {
    farm.submit("j", 1);
    assertThat(QueueFixture.await(farm.jobs.cancel("stranger", "j"))).isEmpty();
    assertThat(QueueFixture.await(farm.jobs.cancel(QueueFixture.TENANT, "none"))).isEmpty();
    assertThat(farm.job("j").state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void cancel_moreTasksThanOneCallSweeps_restSweptByReaping() {
    farm.submit(wide());
    assertThat(farm.cancel("wide")).isEqualTo(JobState.CANCELLING);
    assertThat(farm.raw.scores("cq")).containsOnlyKeys("wide");
    assertThat(farm.claim(QueueFixture.SR, 64)).isEmpty();
    farm.reap();
    assertThat(farm.job("wide").state()).isEqualTo(JobState.CANCELLED);
    assertThat(farm.raw.scores("cq")).isEmpty();
  }

  /** Four stages of 64 images, none of which waits for another. */
  private static Submission wide() {
    List<PlannedStage> stages = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      stages.add(
          QueueFixture.stage(
              "s" + i, i < 3 ? QueueFixture.BASE : QueueFixture.SR, StageBundle.Per.IMAGE));
    }
    return new Submission(
        QueueFixture.TENANT, "wide", null, "d", 0, QueueFixture.spec(64), new JobPlan(stages));
  }
}
