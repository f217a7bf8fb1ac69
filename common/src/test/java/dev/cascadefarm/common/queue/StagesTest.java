package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.queue.QueueControl.Action;
import dev.cascadefarm.common.queue.QueueControl.StageState;
import dev.cascadefarm.common.queue.QueueControl.Target;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Stages that stand still, on purpose or because they are broken. */
class StagesTest extends QueueOnRedis {
  private static final Target BASE = new Target.Stage(QueueFixture.BASE);

  @Override
  QueueConfig configured(QueueConfig usual) {
    return usual.withBreaker(
        new QueueConfig.Breaker(3, Duration.ofSeconds(30), Duration.ofSeconds(15)));
  }

  @Test
  void pause_stage_nothingClaimedUntilResumed() {
    ready(4);
    LeasedTask running = farm.claimOne(QueueFixture.BASE);
    assertThat(farm.checked(farm.control.pause(BASE, "driver update", "me"))).isTrue();
    assertThat(farm.claim(QueueFixture.BASE, 4)).isEmpty();
    farm.complete(running);
    farm.submitAs("other", "k", 1);
    farm.drain(QueueFixture.TEXT);
    assertThat(farm.claim(QueueFixture.BASE, 4)).isEmpty();
    assertThat(stage().paused()).isEqualTo("driver update");
    assertThat(farm.checked(farm.control.resume(BASE, "me"))).isTrue();
    assertThat(farm.claim(QueueFixture.BASE, 8)).hasSize(4);
    assertThat(stage().paused()).isNull();
  }

  @Test
  void resume_stage_whoHasHadLeastComesFirst() {
    Target text = new Target.Stage(QueueFixture.TEXT);
    for (int i = 0; i < 16; i++) {
      farm.submitAs("served-" + i, "first-of-" + i, 1);
    }
    List<LeasedTask> served = farm.claim(QueueFixture.TEXT, 16);
    assertThat(served).hasSize(16);
    farm.checked(farm.control.pause(text, "driver update", "me"));
    served.forEach(task -> farm.fail(task, Failure.Kind.RELEASED));
    farm.submitAs("waiting", "k", 1);
    farm.checked(farm.control.resume(text, "me"));
    assertThat(farm.claimOne(QueueFixture.TEXT).tenant()).isEqualTo("waiting");
  }

  @Test
  void pause_withoutReason_refused() {
    assertThatThrownBy(() -> farm.control.pause(BASE, " ", "me"))
        .hasMessageContaining("reason: ' '");
  }

  @Test
  void pause_unknownStage_false() {
    assertThat(farm.checked(farm.control.pause(BASE, "why", "me"))).isFalse();
  }

  @Test
  void bound_stage_noMoreRunAtOnce() {
    ready(8);
    assertThat(farm.checked(farm.control.bound(QueueFixture.BASE, OptionalInt.of(3), "me")))
        .isTrue();
    List<LeasedTask> first = farm.claim(QueueFixture.BASE, 2);
    assertThat(farm.claimAs("worker-2", QueueFixture.BASE, 8)).hasSize(1);
    assertThat(farm.claim(QueueFixture.BASE, 8)).isEmpty();
    farm.complete(first.get(0));
    assertThat(farm.claim(QueueFixture.BASE, 8)).hasSize(1);
    farm.checked(farm.control.bound(QueueFixture.BASE, OptionalInt.empty(), "me"));
    assertThat(farm.claim(QueueFixture.BASE, 8)).hasSize(4);
  }

  @Test
  void stages_countsAndStates() {
    ready(3);
    LeasedTask task = farm.claimOne(QueueFixture.BASE);
    farm.fail(farm.claimOne(QueueFixture.BASE), Failure.Kind.INFRASTRUCTURE);
    StageState stage = stage();
    assertThat(stage.running()).isEqualTo(1);
    assertThat(stage.delayed()).isEqualTo(1);
    assertThat(stage.ready()).containsExactlyEntriesOf(java.util.Map.of("default", 1L));
    assertThat(stage.brokenSince()).isNull();
    farm.complete(task);
  }

  @Test
  void fail_manyTasksAroundThemselves_breakerOpensAndOneProbeAtATimeIsClaimed() {
    ready(8);
    List<LeasedTask> tasks = farm.claim(QueueFixture.BASE, 4);
    tasks.subList(0, 3).forEach(task -> farm.fail(task, Failure.Kind.INFRASTRUCTURE));
    assertThat(stage().brokenSince()).isNotNull();
    assertThat(farm.claim(QueueFixture.BASE, 8)).isEmpty();

    farm.raw.field("st:base@1", "probe", 1);
    List<LeasedTask> probe = farm.claim(QueueFixture.BASE, 8);
    assertThat(probe).hasSize(1);
    assertThat(farm.claim(QueueFixture.BASE, 8)).isEmpty();

    farm.fail(probe.get(0), Failure.Kind.INFRASTRUCTURE);
    assertThat(stage().brokenSince()).isNotNull();
    farm.complete(tasks.get(3));
    assertThat(stage().brokenSince()).isNull();
    assertThat(farm.claim(QueueFixture.BASE, 8)).hasSize(3);
    assertThat(farm.checked(farm.control.incidents()).breakersOpened()).isPositive();
  }

  @Test
  void fail_oneTaskAgainAndAgain_breakerStaysClosed() {
    ready(2);
    for (int i = 0; i < 4; i++) {
      farm.fail(farm.claimOne(QueueFixture.BASE), Failure.Kind.INFRASTRUCTURE);
      farm.fail(farm.claimOne(QueueFixture.BASE), Failure.Kind.INFRASTRUCTURE);
      farm.makeDue(QueueFixture.BASE);
    }
    assertThat(stage().brokenSince()).isNull();
  }

  @Test
  void actions_whoDidWhat_latestFirst() {
    ready(1);
    farm.checked(farm.control.pause(BASE, "driver update", "ann"));
    farm.checked(farm.control.resume(BASE, "bob"));
    var page = QueueFixture.await(farm.control.actions("", 1));
    assertThat(page.actions())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(new Action(0, "bob", "resume", "stage base@1", ""));
    assertThat(QueueFixture.await(farm.control.actions(page.next(), 10)).actions())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
        .containsExactly(new Action(0, "ann", "pause", "stage base@1", "driver update"));
  }

  @Test
  void actions_cursorOfSomethingElse_refused() {
    assertThatThrownBy(() -> farm.control.actions("7; drop", 1))
        .hasMessageContaining("cursor: 7; drop");
  }

  private void ready(int n) {
    farm.submit("j", n);
    farm.drain(QueueFixture.TEXT);
  }

  private StageState stage() {
    return QueueFixture.await(farm.control.stages()).stream()
        .filter(stage -> stage.bundle().equals(QueueFixture.BASE))
        .findFirst()
        .orElseThrow();
  }
}
