package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Redis that forgets its scripts, ends connections, and answers with errors. */
@Tag("integration")
@ExtendWith(RedisExtension.class)
class ServerFaultTest {
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

  /** Three processes of two workers each. */
  @Test
  void connectionsKilledAgainAndAgain_oneNewOneForEach() {
    List<RedisQueue> queues = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RedisQueue queue = farm.another(config -> config);
      QueueFixture.await(queue.start());
      queues.add(queue);
      queues.add(queue);
    }
    Load load = new Load(farm, queues, 20).submitted();
    long before = farm.proxy.accepted();
    int[] kills = {0};
    load.run(() -> killAfterEvery(load, 10, kills));
    load.assertAllOnce();
    assertThat(kills[0]).isGreaterThanOrEqualTo(8);
    assertThat(farm.proxy.accepted() - before).isLessThanOrEqualTo(kills[0] * 8L);
    queues.forEach(queue -> QueueFixture.await(queue.close()));
  }

  private void killAfterEvery(Load load, int tasks, int[] kills) {
    if (load.done() >= (kills[0] + 1) * tasks) {
      farm.raw.ask(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
      kills[0]++;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOADING Redis is loading the dataset in memory",
        "READONLY You can't write against a read only replica.",
        "MISCONF Redis is configured to save RDB snapshots",
        "BUSY Redis is busy running a script.",
        "MASTERDOWN Link with MASTER is down",
        "NOREPLICAS Not enough good replicas to write.",
        "NOAUTH Authentication required."
      })
  void errorReply_eachCallUnavailableAndNotReady_untilItPasses(String error) {
    farm.submitted("j", 1);
    farm.proxy.rules(Rule.all(Dose.always(), Mishap.redisError(error)));
    for (Supplier<Future<?>> call : calls()) {
      assertThatThrownBy(() -> QueueFixture.await(call.get()))
          .isInstanceOf(QueueUnavailableException.class);
    }
    farm.proxy.calm();
    assertThat(farm.claimed(QueueFixture.TEXT, 1)).hasSize(1);
    QueueFixture.await(farm.queue.jobs().ready());
    Invariants.check(farm.raw);
  }

  private List<Supplier<Future<?>>> calls() {
    return List.of(
        () -> farm.queue.jobs().ready(),
        () -> farm.queue.tasks().ready(),
        () -> farm.queue.jobs().submit(QueueFixture.submission("k", 1)),
        () -> farm.queue.jobs().cancel(QueueFixture.TENANT, "j"),
        () -> farm.queue.jobs().reap(),
        () -> farm.queue.jobs().job(QueueFixture.TENANT, "j"),
        () -> farm.queue.tasks().claim(FaultyQueue.claim("r", QueueFixture.TEXT, 1)),
        () -> farm.queue.tasks().goodbye("worker-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"READONLY You can't write against a read only replica.", "NOAUTH"})
  void serverBecomesAnother_connectionIsMadeAnew_everMoreRarely(String error) {
    long before = farm.proxy.accepted();
    farm.proxy.rules(Rule.on("ready", Dose.always(), Mishap.redisError(error)));
    int calls = 0;
    long end = System.nanoTime() + 1_500_000_000L;
    while (System.nanoTime() - end < 0) {
      assertThatThrownBy(() -> QueueFixture.await(farm.queue.jobs().ready()))
          .isInstanceOf(QueueUnavailableException.class);
      calls++;
    }
    assertThat(farm.proxy.accepted() - before).isBetween(1L, Math.min(8L, calls));
    farm.proxy.calm();
    farm.answered(() -> farm.queue.jobs().ready().map(""));
  }

  @Test
  void errorReplyAtStart_startFailsAndSucceedsLater() {
    farm.proxy.rules(Rule.all(Dose.always(), Mishap.redisError("LOADING not yet")));
    RedisQueue late = farm.another(config -> config);
    assertThatThrownBy(() -> QueueFixture.await(late.start()))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("LOADING");
    farm.proxy.calm();
    farm.answered(() -> late.start().map(""));
    QueueFixture.await(late.jobs().ready());
    QueueFixture.await(late.close());
  }

  @Test
  void fifthOfAllCallsAnsweredByErrors_everythingDoneOnce() {
    Load load = load(4, 6);
    farm.proxy.rules(
        Rule.all(Dose.share(0.05), Mishap.redisError("LOADING not yet")),
        Rule.all(Dose.share(0.05), Mishap.redisError("BUSY a script")),
        Rule.all(Dose.share(0.05), Mishap.redisError("READONLY a replica")),
        Rule.all(Dose.share(0.05), Mishap.redisError("MISCONF a disk")));
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasPositiveValue();
  }

  @Test
  void outOfMemoryReply_submitIsALimit() {
    farm.proxy.rules(
        Rule.on("submit", Dose.always(), Mishap.redisError("OOM command not allowed")));
    assertThat(
            QueueFixture.await(farm.queue.jobs().submit(QueueFixture.submission("j", 1))).outcome())
        .isEqualTo(Outcome.LIMIT);
    QueueFixture.await(farm.queue.jobs().ready());
  }
}
