package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.JobRetention.EndedJob;
import dev.cascadefarm.common.queue.JobRetention.Keep;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of ended jobs. */
class RetentionTest extends QueueOnRedis {
  private static final Duration LONG = Duration.ofDays(1);

  @Test
  void expired_moreThanKept_oldestOfEachKind() {
    succeed("s1");
    succeed("s2");
    fail("f1");
    fail("f2");
    farm.submit("running", 1);
    assertThat(expired(keep(LONG, 1, LONG, 1))).containsExactlyInAnyOrder("s1", "f1");
    assertThat(expired(keep(LONG, 2, LONG, 0))).containsExactlyInAnyOrder("s1", "s2");
    assertThat(expired(keep(LONG, 2, LONG, 2))).isEmpty();
  }

  @Test
  void expired_olderThanKept_whateverTheirNumber() {
    succeed("s1");
    fail("f1");
    assertThat(expired(keep(LONG, 9, Duration.ZERO, 9))).containsExactly("s1");
    assertThat(expired(keep(Duration.ZERO, 9, LONG, 9))).containsExactly("f1");
  }

  @Test
  void expired_anotherTenant_notHis() {
    succeed("s1");
    assertThat(QueueFixture.await(farm.retention.expired("other", keep(LONG, 0, LONG, 0), 10)))
        .isEmpty();
  }

  @Test
  void forget_endedJob_leavesNoKeyButThePlan() {
    List<String> before = List.of("bundles", "cfg", "seq", "stat", "ten:default", "tenants");
    succeed("s1");
    fail("f1");
    assertThat(farm.checked(farm.retention.forget("default", "s1"))).isTrue();
    assertThat(farm.checked(farm.retention.forget("default", "f1"))).isTrue();
    assertThat(farm.raw.keys())
        .allMatch(
            key ->
                before.contains(key)
                    || key.startsWith("plan:")
                    || key.startsWith("wk:")
                    || key.equals("workers"));
    assertThat(QueueFixture.await(farm.control.dead("", 10)).tasks()).isEmpty();
  }

  @Test
  void forget_runningForeignOrUnknownJob_false() {
    succeed("s1");
    farm.submit("running", 1);
    assertThat(farm.checked(farm.retention.forget("default", "running"))).isFalse();
    assertThat(farm.checked(farm.retention.forget("other", "s1"))).isFalse();
    assertThat(farm.checked(farm.retention.forget("default", "none"))).isFalse();
    assertThat(farm.job("s1").tasks()).isNotEmpty();
  }

  @Test
  void uncollected_endedJobs_untilCollected() {
    succeed("s1");
    assertThat(QueueFixture.await(farm.retention.uncollected(LONG, 10))).isEmpty();
    assertThat(QueueFixture.await(farm.retention.uncollected(Duration.ZERO, 10)))
        .containsExactly(new EndedJob("default", "s1"));
    QueueFixture.await(farm.retention.collected("s1"));
    assertThat(QueueFixture.await(farm.retention.uncollected(Duration.ZERO, 10))).isEmpty();
  }

  private List<String> expired(Keep keep) {
    return QueueFixture.await(farm.retention.expired("default", keep, 10));
  }

  private static Keep keep(Duration failedAge, int failed, Duration othersAge, int others) {
    return new Keep(new Keep.Bound(failedAge, failed), new Keep.Bound(othersAge, others));
  }

  private void succeed(String job) {
    farm.submit(job, 1);
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
  }

  private void fail(String job) {
    farm.submit(job, 1);
    farm.fail(farm.claimOne(QueueFixture.TEXT), Failure.Kind.PERMANENT);
  }
}
