package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.QueueControl.Incidents;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult.Outcome;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimTest extends QueueOnRedis {
  @Test
  void claim_readyTask_leasedWithSpecAndPlan() {
    Submission submission = QueueFixture.submission("j", 1);
    farm.submit(submission);
    ClaimResult result = farm.claimAs("w", "r1", QueueFixture.TEXT, 8);
    assertThat(result.outcome()).isEqualTo(Outcome.OK);
    assertThat(result.lease()).isEqualTo(Duration.ofSeconds(30));
    assertThat(result.tasks()).hasSize(1);
    LeasedTask task = result.tasks().get(0);
    assertThat(task.tenant()).isEqualTo(QueueFixture.TENANT);
    assertThat(task.nonce()).matches("[0-9a-f]{32}");
    assertThat(task.attempt()).isEqualTo(1);
    assertThat(task.spec()).isEqualTo(submission.spec());
    assertThat(task.plan()).isEqualTo(submission.plan());
    assertThat(task.manifests()).isEmpty();
    assertThat(task.checkpoint()).isNull();
    assertThat(farm.job("j").state()).isEqualTo(JobState.RUNNING);
    assertThat(farm.job("j").queuePosition()).isNull();
  }

  @Test
  void claim_repeatedRequest_answersSameLeases() {
    farm.submit("j", 4);
    farm.drain(QueueFixture.TEXT);
    ClaimResult first = farm.claimAs("w", "r1", QueueFixture.BASE, 2);
    ClaimResult again = farm.claimAs("w", "r1", QueueFixture.BASE, 2);
    assertThat(again).isEqualTo(first);
    farm.complete(first.tasks().get(0));
    assertThat(farm.claimAs("w", "r1", QueueFixture.BASE, 2).tasks())
        .containsExactly(first.tasks().get(1));
    assertThat(farm.claimAs("w", "r2", QueueFixture.BASE, 2).tasks())
        .extracting(task -> task.id().image())
        .containsExactly(2, 3);
    assertThat(farm.task(first.tasks().get(1)).attempt()).isEqualTo(1);
  }

  @Test
  void claim_repeatedEmptyRequest_staysEmpty() {
    assertThat(farm.claimAs("w", "r1", QueueFixture.TEXT, 1).outcome())
        .isEqualTo(Outcome.WRONG_BUNDLE);
    QueueFixture.await(
        farm.jobs.register(QueueFixture.TEXT, QueueFixture.digest(QueueFixture.TEXT)));
    assertThat(farm.claimAs("w", "r1", QueueFixture.TEXT, 1).tasks()).isEmpty();
    farm.submit("j", 1);
    assertThat(farm.claimAs("w", "r1", QueueFixture.TEXT, 1).tasks()).isEmpty();
    assertThat(farm.claimAs("w", "r2", QueueFixture.TEXT, 1).tasks()).hasSize(1);
  }

  @Test
  void claim_wrongDigest_refused() {
    farm.submit("j", 1);
    ClaimResult result =
        QueueFixture.await(farm.tasks.claim(new Claim("w", "r", QueueFixture.TEXT, "other", 1)));
    assertThat(result.outcome()).isEqualTo(Outcome.WRONG_BUNDLE);
    assertThat(result.tasks()).isEmpty();
  }

  @Test
  void claim_otherSchema_refused() {
    farm.submit("j", 1);
    farm.raw.field("cfg", "schema", "7");
    assertThat(
            QueueFixture.await(
                    farm.tasks.claim(
                        new Claim(
                            "w",
                            "r",
                            QueueFixture.TEXT,
                            QueueFixture.digest(QueueFixture.TEXT),
                            1)))
                .outcome())
        .isEqualTo(Outcome.WRONG_SCHEMA);
  }

  @Test
  void claim_countOutOfBounds_refused() {
    assertThatThrownBy(() -> farm.claim(QueueFixture.TEXT, 65))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count: 65 (expected: 1 to 64)");
    assertThatThrownBy(() -> farm.claim(QueueFixture.TEXT, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void claim_higherPriority_goesFirst() {
    farm.submit("low", 1);
    Submission urgent = QueueFixture.submission("high", 1);
    farm.submit(
        new Submission(urgent.tenant(), "high", null, "d", 3, urgent.spec(), urgent.plan()));
    assertThat(farm.job("high").queuePosition()).isZero();
    assertThat(farm.job("low").queuePosition()).isEqualTo(1);
    assertThat(farm.claimOne(QueueFixture.TEXT).id().job()).isEqualTo("high");
    assertThat(farm.claimOne(QueueFixture.TEXT).id().job()).isEqualTo("low");
  }

  @Test
  void claim_waitedLongerThanPriorityIsWorth_goesFirst() {
    farm.submit("old", 1);
    farm.raw.score("rdy:text@1:default", System.currentTimeMillis() - 240_000d, "old:text:job");
    Submission urgent = QueueFixture.submission("new", 1);
    farm.submit(new Submission(urgent.tenant(), "new", null, "d", 3, urgent.spec(), urgent.plan()));
    assertThat(farm.claimOne(QueueFixture.TEXT).id().job()).isEqualTo("old");
  }

  @Test
  void claim_severalTenants_takeTurnsByWeight() {
    for (int i = 0; i < 6; i++) {
      submitFor("a", "a" + i);
    }
    for (int i = 0; i < 3; i++) {
      submitFor("b", "b" + i);
    }
    farm.raw.field("ten:a", "weight", 2);
    assertThat(farm.claim(QueueFixture.TEXT, 6))
        .extracting(LeasedTask::tenant)
        .containsExactlyInAnyOrder("a", "a", "a", "a", "b", "b");
  }

  private void submitFor(String tenant, String job) {
    farm.submit(
        new Submission(tenant, job, null, "d", 0, QueueFixture.spec(1), QueueFixture.plan()));
  }

  @Test
  void claim_tenantAtItsCap_waitsUntilOneIsBack() {
    farm.submit("j", 3);
    farm.drain(QueueFixture.TEXT);
    farm.raw.field("ten:default", "cap", 1);
    LeasedTask first = farm.claim(QueueFixture.BASE, 3).get(0);
    assertThat(farm.claim(QueueFixture.BASE, 3)).isEmpty();
    farm.complete(first);
    assertThat(farm.claim(QueueFixture.BASE, 3)).hasSize(1);
  }

  @Test
  void claim_readyEntryWithoutTask_droppedAndCounted() {
    farm.submit("j", 1);
    farm.raw.score("rdy:text@1:default", 1, "ghost:text:job");
    assertThat(farm.claim(QueueFixture.TEXT, 2)).hasSize(1);
    assertThat(farm.checked(farm.control.incidents())).isEqualTo(new Incidents(0, 1, 0));
  }

  @Test
  void renew_ownLease_okAndKeepsProgress() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.task(task).progress()).isNull();
    assertThat(farm.renew(task, new Progress(3, 9))).isEqualTo(Renewal.Answer.OK);
    assertThat(farm.task(task).progress()).isEqualTo(new Progress(3, 9));
    assertThat(farm.renew(task, null)).isEqualTo(Renewal.Answer.OK);
    assertThat(farm.task(task).progress()).isEqualTo(new Progress(3, 9));
  }

  @Test
  void renew_expiredButNotReaped_ok() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    farm.expire(task, QueueFixture.TEXT);
    assertThat(farm.renew(task, null)).isEqualTo(Renewal.Answer.OK);
    assertThat(farm.reap()).isEqualTo(new JobQueue.ReapResult(0, 0));
    assertThat(farm.task(task).state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void renew_othersLease_lost() {
    farm.submit("j", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    farm.fail(first, Failure.Kind.RELEASED);
    assertThat(farm.renew(first, new Progress(1, 2))).isEqualTo(Renewal.Answer.LOST);
    LeasedTask second = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.renew(first, new Progress(1, 2))).isEqualTo(Renewal.Answer.LOST);
    assertThat(farm.task(second).progress()).isNull();
  }

  @Test
  void renew_pastHardLimit_deadlineAndNotExtended() {
    farm.submit("j", 1);
    LeasedTask task = farm.claimOne(QueueFixture.TEXT);
    farm.raw.field("task:" + task.id(), "deadline", 1);
    farm.expire(task, QueueFixture.TEXT);
    assertThat(farm.renew(task, null)).isEqualTo(Renewal.Answer.DEADLINE);
    assertThat(farm.raw.scores("lease:text@1")).containsEntry(task.id().toString(), "1");
  }

  @Test
  void renew_cancelledJob_cancelForEachOfItsTasksOnly() {
    farm.submit("j1", 1);
    farm.submit("j2", 1);
    List<LeasedTask> tasks = farm.claim(QueueFixture.TEXT, 2);
    farm.cancel("j1");
    List<Renewal> renewals =
        tasks.stream().map(task -> new Renewal(task.id(), task.nonce(), null)).toList();
    assertThat(QueueFixture.await(farm.tasks.renew("worker-1", renewals)))
        .containsEntry(tasks.get(0).id(), Renewal.Answer.CANCEL)
        .containsEntry(tasks.get(1).id(), Renewal.Answer.OK);
  }

  @Test
  void renew_nothing_answersNothing() {
    assertThat(QueueFixture.await(farm.tasks.renew("w", List.of()))).isEmpty();
  }
}
