package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.QueueControl.DeadPage;
import dev.cascadefarm.common.queue.QueueControl.DeadTask;
import dev.cascadefarm.common.queue.QueueControl.Redrive;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import org.junit.jupiter.api.Test;

/** Dead tasks, and how they are taken up again. */
class DeadTest extends QueueOnRedis {
  private static final BundleId[] ALL = {QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR};

  @Test
  void dead_tasks_latestFirstWithTheirReasons() {
    die("j1");
    die("j2");
    DeadPage page = QueueFixture.await(farm.control.dead("", 1));
    assertThat(page.tasks()).extracting(task -> task.id().job()).containsExactly("j2");
    DeadTask task = page.tasks().get(0);
    assertThat(task.kind()).isEqualTo("permanent");
    assertThat(task.reason()).isEqualTo("a reason");
    assertThat(task.tenant()).isEqualTo("default");
    assertThat(task.attempts()).isEqualTo(1);
    assertThat(task.at()).isPositive();
    DeadPage rest = QueueFixture.await(farm.control.dead(page.next(), 10));
    assertThat(rest.tasks()).extracting(each -> each.id().job()).containsExactly("j1");
    assertThat(rest.next()).isNull();
  }

  @Test
  void redrive_deadTask_jobGoesOnFromThereAndSucceeds() {
    LeasedTask dead = die("j");
    assertThat(farm.job("j").state()).isEqualTo(JobState.FAILED);
    assertThat(farm.checked(farm.control.redrive(dead.id(), "me"))).isEqualTo(Redrive.OK);
    assertThat(farm.job("j").state()).isEqualTo(JobState.RUNNING);
    assertThat(farm.job("j").error()).isNull();
    assertThat(farm.claim(QueueFixture.TEXT, 8)).as("what was done stays done").isEmpty();
    farm.drain(ALL);
    assertThat(farm.job("j").state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(farm.eventTypes("j"))
        .contains(JobEvent.JOB_REDRIVEN)
        .last()
        .isEqualTo(JobEvent.JOB_SUCCEEDED);
    assertThat(QueueFixture.await(farm.control.dead("", 10)).tasks()).isEmpty();
    assertThat(QueueFixture.await(farm.control.actions("", 1)).actions().get(0).target())
        .isEqualTo("task " + dead.id());
  }

  @Test
  void redrive_whileOtherTasksStillEnd_later() {
    farm.submit("j", 2);
    farm.drain(QueueFixture.TEXT);
    LeasedTask dead = farm.claimOne(QueueFixture.BASE);
    LeasedTask other = farm.claimOne(QueueFixture.BASE);
    farm.fail(dead, Failure.Kind.PERMANENT);
    assertThat(farm.checked(farm.control.redrive(dead.id(), "me"))).isEqualTo(Redrive.ENDING);
    farm.complete(other);
    assertThat(farm.checked(farm.control.redrive(dead.id(), "me"))).isEqualTo(Redrive.OK);
    farm.drain(ALL);
    assertThat(farm.job("j").state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void redrive_twiceOrSomethingElse_none() {
    LeasedTask dead = die("j");
    farm.checked(farm.control.redrive(dead.id(), "me"));
    assertThat(farm.checked(farm.control.redrive(dead.id(), "me"))).isEqualTo(Redrive.NONE);
  }

  @Test
  void redrive_taskWithFailures_startsWithNone() {
    farm.submit("j", 1);
    LeasedTask task = null;
    while (farm.job("j").state() != JobState.FAILED) {
      task = farm.claimOne(QueueFixture.TEXT);
      farm.fail(task, Failure.Kind.TASK);
      farm.makeDue(QueueFixture.TEXT);
    }
    farm.checked(farm.control.redrive(task.id(), "me"));
    farm.fail(farm.claimOne(QueueFixture.TEXT), Failure.Kind.TASK);
    farm.makeDue(QueueFixture.TEXT);
    assertThat(farm.claimOne(QueueFixture.TEXT).attempt()).isGreaterThan(6);
    assertThat(farm.job("j").state()).isEqualTo(JobState.RUNNING);
  }

  /** The second image of a job dies at its second stage. */
  private LeasedTask die(String job) {
    farm.submit(job, 2);
    farm.drain(QueueFixture.TEXT);
    farm.complete(farm.claimOne(QueueFixture.BASE));
    LeasedTask task = farm.claimOne(QueueFixture.BASE);
    farm.fail(task, Failure.Kind.PERMANENT);
    return task;
  }
}
