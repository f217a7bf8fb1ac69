package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.Renewal.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pointer from which an interrupted task goes on. */
class CheckpointTest extends QueueOnRedis {
  private LeasedTask task;

  @BeforeEach
  void claimTask() {
    farm.submit("j", 1);
    farm.drain(QueueFixture.TEXT);
    task = farm.claimOne(QueueFixture.BASE);
  }

  @Test
  void renew_checkpoint_handedToTheNextAttemptHoweverThisOneEnds() {
    assertThat(renew(task, key(4), null)).isEqualTo(Renewal.Answer.OK);
    farm.fail(task, Failure.Kind.RELEASED);
    LeasedTask second = farm.claimOne(QueueFixture.BASE);
    assertThat(second.checkpoint()).isEqualTo(key(4));
    assertThat(second.attempt()).isEqualTo(2);
    farm.renew(second, null);
    farm.expire(second, QueueFixture.BASE);
    assertThat(farm.reap().readied()).isEqualTo(1);
    LeasedTask third = farm.claimOne(QueueFixture.BASE);
    assertThat(third.checkpoint()).isEqualTo(key(4));
    farm.fail(third, Failure.Kind.INFRASTRUCTURE);
    farm.makeDue(QueueFixture.BASE);
    assertThat(farm.claimOne(QueueFixture.BASE).checkpoint()).isEqualTo(key(4));
  }

  @Test
  void renew_checkpointOfARowBefore_doesNotGoBack() {
    renew(task, key(4), null);
    renew(task, key(9), null);
    renew(task, key(4), null);
    renew(task, null, null);
    assertThat(pointer()).isEqualTo(key(9));
  }

  @Test
  void renew_withAnotherNonce_changesNothing() {
    renew(task, key(4), null);
    farm.fail(task, Failure.Kind.RELEASED);
    assertThat(renew(task, key(9), null)).isEqualTo(Renewal.Answer.LOST);
    LeasedTask second = farm.claimOne(QueueFixture.BASE);
    assertThat(renew(task, key(9), null)).isEqualTo(Renewal.Answer.LOST);
    assertThat(renew(task, null, new Refusal(key(4), "late"))).isEqualTo(Renewal.Answer.LOST);
    assertThat(second.checkpoint()).isEqualTo(key(4));
    assertThat(pointer()).isEqualTo(key(4));
  }

  @Test
  void renew_refusal_forgetsTheCheckpointAndSaysSoOnce() {
    renew(task, key(4), null);
    farm.fail(task, Failure.Kind.RELEASED);
    LeasedTask second = farm.claimOne(QueueFixture.BASE);
    Refusal refusal = new Refusal(key(4), "seed: 1 (expected: 2)");
    assertThat(renew(second, null, refusal)).isEqualTo(Renewal.Answer.OK);
    assertThat(pointer()).isNull();
    renew(second, null, refusal);
    renew(second, key(2), refusal);
    assertThat(pointer()).isEqualTo(key(2));
    List<JobEvent> said =
        farm.events("j").stream()
            .filter(event -> event.type().equals(JobEvent.TASK_RESTARTED))
            .toList();
    assertThat(said).hasSize(1);
    assertThat(said.get(0).attempt()).isEqualTo(2);
    assertThat(said.get(0).data().path("reason").asText()).isEqualTo("seed: 1 (expected: 2)");
  }

  @Test
  void claim_taskWithACheckpoint_startedEventSaysItsRow() {
    renew(task, key(4), null);
    farm.fail(task, Failure.Kind.RELEASED);
    farm.claimOne(QueueFixture.BASE);
    List<JobEvent> started =
        farm.events("j").stream()
            .filter(event -> event.type().equals(JobEvent.TASK_STARTED))
            .filter(event -> "base".equals(event.stage()))
            .toList();
    assertThat(started).hasSize(2);
    assertThat(started.get(0).data().has("row")).isFalse();
    assertThat(started.get(1).data().path("row").asInt()).isEqualTo(4);
  }

  @Test
  void reap_taskThatGetsOnBetweenStalls_neverDead() {
    for (int row = 1; row <= 6; row++) {
      renew(task, key(row), null);
      assertThat(stall()).isEqualTo(new JobQueue.ReapResult(1, 0));
      task = farm.claimOne(QueueFixture.BASE);
      assertThat(task.checkpoint()).isEqualTo(key(row));
    }
  }

  @Test
  void reap_taskThatStallsThriceAtOneCheckpoint_dead() {
    renew(task, key(7), null);
    for (int stalls = 1; stalls < 3; stalls++) {
      assertThat(stall()).isEqualTo(new JobQueue.ReapResult(1, 0));
      task = farm.claimOne(QueueFixture.BASE);
      renew(task, key(7), null);
    }
    assertThat(stall()).isEqualTo(new JobQueue.ReapResult(0, 1));
  }

  @Test
  void redrive_taskThatDiedAtACheckpoint_startsOver() {
    renew(task, key(7), null);
    farm.fail(task, Failure.Kind.PERMANENT);
    assertThat(pointer()).isEqualTo(key(7));
    farm.checked(farm.control.redrive(task.id(), "me"));
    assertThat(farm.claimOne(QueueFixture.BASE).checkpoint()).isNull();
  }

  private JobQueue.ReapResult stall() {
    farm.expire(task, QueueFixture.BASE);
    return farm.reap();
  }

  @Test
  void complete_task_forgetsItsCheckpoint() {
    renew(task, key(4), null);
    farm.complete(task);
    assertThat(pointer()).isNull();
  }

  @Test
  void renew_jobIsOver_takesNeitherCheckpointNorEvent() {
    renew(task, key(4), null);
    farm.fail(task, Failure.Kind.RELEASED);
    LeasedTask second = farm.claimOne(QueueFixture.BASE);
    farm.cancel("j");
    int events = farm.events("j").size();
    Refusal refusal = new Refusal(key(4), "too late");
    assertThat(renew(second, key(9), refusal)).isEqualTo(Renewal.Answer.CANCEL);
    assertThat(farm.events("j")).hasSize(events);
    assertThat(pointer()).isEqualTo(key(4));
  }

  private Renewal.Answer renew(
      LeasedTask of, @Nullable String checkpoint, @Nullable Refusal refusal) {
    Renewal renewal = new Renewal(of.id(), of.nonce(), null, checkpoint, refusal);
    return QueueFixture.await(farm.tasks.renew("worker-1", List.of(renewal))).get(of.id());
  }

  private @Nullable String pointer() {
    return farm.raw.hash("task:" + task.id()).get("checkpoint");
  }

  private static String key(int row) {
    return "tenants/default/jobs/j/base/0/1-n/checkpoint-%d-%s.safetensors"
        .formatted(row, "0".repeat(64));
  }
}
