package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.testing.Eventually;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.Link;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workers on a queue behind a bad network: everything is done once, and nothing is reaped. */
@Tag("integration")
@ExtendWith(RedisExtension.class)
class NetworkFaultTest {
  private FaultyQueue farm;

  @BeforeEach
  void open(TestRedis redis) {
    farm = new FaultyQueue(redis.url());
  }

  @AfterEach
  void close() {
    farm.close();
  }

  private Load load(int workers, int jobs) {
    return new Load(farm, Collections.nCopies(workers, farm.queue), jobs).submitted();
  }

  @Test
  void tenthOfAllRepliesLost_everythingDoneOnce() {
    Load load = load(4, 6);
    farm.proxy.rules(Rule.all(Dose.share(0.1), Mishap.replyLost()));
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasPositiveValue();
  }

  @Test
  void connectionOfRenewalsGoesSilent_foundInTimeAndTheOtherUnaffected() {
    farm.submitted("j", 1);
    var task = farm.claimed(QueueFixture.TEXT, 1).get(0);
    List<TaskQueue.Renewal> renewals =
        List.of(new TaskQueue.Renewal(task.id(), task.nonce(), null));
    farm.proxy.rules(Rule.on("renew", Dose.first(1), new Mishap.Silence(false)));
    var silenced = farm.queue.tasks().renew("worker-1", renewals);
    long start = System.nanoTime();
    int answered = 0;
    while (!silenced.isComplete()) {
      QueueFixture.await(farm.queue.jobs().ready());
      answered++;
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThat(answered).isGreaterThan(10);
    assertThat(silenced.cause()).isInstanceOf(QueueUnavailableException.class);
    assertThat(farm.answered(() -> farm.queue.tasks().renew("worker-1", renewals)))
        .containsValue(TaskQueue.Renewal.Answer.OK);
    assertThat(farm.proxy.accepted()).isEqualTo(3);
  }

  @Test
  void idleConnectionGoesSilent_foundInSixSeconds() {
    farm.proxy.rules(Rule.on("PING", Dose.only(2), new Mishap.Silence(false)));
    Eventually.holds("a ping", () -> farm.proxy.struck("PING") == 1);
    Eventually.holds("a new connection", Duration.ofSeconds(6), () -> farm.proxy.accepted() == 3);
    QueueFixture.await(farm.queue.jobs().ready());
  }

  @Test
  void newConnectionsSwallowed_onlyOneAttemptAtATime() {
    farm.proxy.link(Link.CLEAR.withSilence(Link.Silence.BOTH));
    farm.proxy.reset();
    assertThatThrownBy(() -> QueueFixture.await(farm.queue.jobs().ready()))
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(farm.proxy.accepted()).as("one attempt of each connection").isLessThanOrEqualTo(4);
    farm.proxy.calm();
    farm.answered(() -> farm.queue.jobs().ready().map(""));
  }

  @Test
  void connectionsAcceptedAndCutAtOnce_attemptsBecomeRarer() {
    long before = farm.proxy.accepted();
    farm.proxy.rules(Rule.all(Dose.always(), Mishap.replyLost()));
    farm.proxy.reset();
    long start = System.nanoTime();
    Eventually.holds("some attempts", () -> farm.proxy.accepted() - before >= 14);
    // why: six pauses of each link, which are at most 200 ms long unless they grow
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_250));
    farm.proxy.calm();
    farm.answered(() -> farm.queue.jobs().ready().map(""));
  }
}
