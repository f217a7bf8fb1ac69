package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that may have been the end of a worker, and workers at which a task failed. */
class IsolationTest extends QueueOnRedis {
  private static final BundleId BASE = QueueFixture.BASE;

  @BeforeEach
  void readyTasks() {
    farm.submit("j", 6);
    farm.drain(QueueFixture.TEXT);
  }

  @Test
  void claim_suspect_givenAloneToWhoeverHoldsNothing() {
    LeasedTask suspect = stalled();
    assertThat(farm.claimAs("w2", BASE, 4))
        .extracting(LeasedTask::id)
        .containsExactly(suspect.id());
    assertThat(farm.claimAs("w2", BASE, 4)).isEmpty();
    assertThat(farm.claimAs("w3", BASE, 4)).hasSize(4);
  }

  @Test
  void complete_suspect_itsWorkerClaimsAgain() {
    stalled();
    farm.complete(farm.claimAs("w2", BASE, 4).get(0));
    assertThat(farm.claimAs("w2", BASE, 4)).hasSize(4);
  }

  @Test
  void claim_suspectWhileEveryoneIsBusy_oneWorkerMakesRoom() {
    LeasedTask suspect = farm.claimAs("w1", BASE, 1).get(0);
    farm.renew(suspect, null);
    List<LeasedTask> held = farm.claimAs("w2", BASE, 1);
    farm.claimAs("w3", BASE, 1);
    farm.expire(suspect, BASE);
    farm.reap();

    assertThat(farm.claimAs("w2", BASE, 1)).isEmpty();
    assertThat(farm.claimAs("w3", BASE, 1)).as("others go on meanwhile").hasSize(1);
    farm.complete(held.get(0));
    assertThat(farm.claimAs("w2", BASE, 4))
        .extracting(LeasedTask::id)
        .containsExactly(suspect.id());
  }

  @Test
  void claim_taskThatFailedHere_goesElsewhere() {
    farm.heartbeat("w1", BASE);
    farm.heartbeat("w2", BASE);
    LeasedTask failed = failedAt("w1");
    assertThat(farm.claimAs("w1", BASE, 8)).hasSize(5).noneMatch(same(failed));
    assertThat(farm.claimAs("w2", BASE, 8)).hasSize(1).allMatch(same(failed));
  }

  @Test
  void claim_taskThatFailedAtTheOnlyWorker_triedThereAgain() {
    farm.heartbeat("w1", BASE);
    LeasedTask failed = failedAt("w1");
    assertThat(farm.claimAs("w1", BASE, 8)).hasSize(6).anyMatch(same(failed));
  }

  private LeasedTask stalled() {
    LeasedTask suspect = farm.claimAs("w1", BASE, 1).get(0);
    farm.renew(suspect, null);
    farm.expire(suspect, BASE);
    farm.reap();
    return suspect;
  }

  private LeasedTask failedAt(String worker) {
    LeasedTask failed = farm.claimAs(worker, BASE, 1).get(0);
    farm.fail(failed, Failure.Kind.TASK);
    farm.makeDue(BASE);
    return failed;
  }

  private static java.util.function.Predicate<LeasedTask> same(LeasedTask task) {
    return other -> other.id().equals(task.id());
  }
}
