package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.testing.Eventually;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.Link;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A worker that renews and a reaper that reaps, through outages longer than a lease: what a dead
 * worker left is taken back, before and after, and never what the living one holds.
 */
@Tag("integration")
@ExtendWith(RedisExtension.class)
class OutageGraceTest {
  private static final Duration LEASE = Duration.ofMillis(1_200);
  private static final Duration OUTAGE = LEASE.plusMillis(300);
  private static final Duration SILENCE = Duration.ofMillis(2_200);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(3);
  private static final long RENEWAL_MS = 300;
  private static final long REAPING_MS = 30;

  private final ConcurrentLinkedQueue<Renewal.Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger reaped = new AtomicInteger();
  private FaultyQueue farm;
  private RedisQueue queue;
  private LeasedTask kept;

  @BeforeEach
  void open(TestRedis redis) {
    farm = new FaultyQueue(redis.url(), OutageGraceTest::shortLeases);
    queue = farm.another(OutageGraceTest::shortLeases);
    QueueFixture.await(queue.start());
    farm.submitted("kept", 1);
    kept = farm.claimed(QueueFixture.TEXT, 1).get(0);
    List<Renewal> own = List.of(new Renewal(kept.id(), kept.nonce(), null));
    AtomicBoolean renewing = new AtomicBoolean();
    farm.vertx.setPeriodic(RENEWAL_MS, id -> renew(own, renewing));
  }

  private static QueueConfig shortLeases(QueueConfig usual) {
    return usual.withLeases(new QueueConfig.Leases(LEASE, Duration.ZERO, Duration.ofHours(1)));
  }

  @AfterEach
  void close() {
    QueueFixture.await(queue.close());
    farm.close();
  }

  private void renew(List<Renewal> own, AtomicBoolean busy) {
    if (busy.compareAndSet(false, true)) {
      farm.queue
          .tasks()
          .renew("worker-1", own)
          .onSuccess(all -> answers.addAll(all.values()))
          .onComplete(done -> busy.set(false));
    }
  }

  /** From now on; a pass during another does nothing. */
  private void reapBy(JobQueue jobs) {
    farm.vertx.setPeriodic(
        REAPING_MS, id -> jobs.reap().onSuccess(result -> reaped.addAndGet(result.readied())));
  }

  /** Leaves a task behind that nobody renews, and waits until it is taken back. */
  private void awaitReaperAtWork(String job) {
    farm.submitted(job, 1);
    assertThat(farm.claimed("claim-" + job, QueueFixture.TEXT, 1)).hasSize(1);
    int before = reaped.get();
    Eventually.holds("the reaper at work", () -> reaped.get() > before);
    // Whoever takes it now keeps it out of the way.
    farm.queue.tasks().claim(FaultyQueue.claim("again-" + job, QueueFixture.TEXT, 1));
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Eventually.holds("time to pass", () -> System.nanoTime() - end > 0);
  }

  private void assertKept() {
    answers.clear();
    Eventually.holds("an answer", () -> !answers.isEmpty());
    awaitReaperAtWork("after");
    assertThat(answers).containsOnly(Renewal.Answer.OK);
    assertThat(farm.answered(() -> queue.tasks().complete(QueueFixture.completion(kept))))
        .isEqualTo(ReportResult.OK);
    assertThat(farm.raw.hash("task:" + kept.id())).containsEntry("attempt", "1");
  }

  @Test
  void redisPaused_callsFailInTimeAndNothingIsTakenBack() {
    reapBy(queue.jobs());
    awaitReaperAtWork("before");
    farm.raw.ask(Command.CLIENT, "PAUSE", OUTAGE.toMillis(), "ALL");
    long start = System.nanoTime();
    assertThatThrownBy(() -> QueueFixture.await(queue.jobs().ready()))
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_ANSWER);
    assertKept();
  }

  @Test
  void networkSilent_nothingIsTakenBack() {
    reapBy(queue.jobs());
    awaitReaperAtWork("before");
    farm.proxy.link(Link.CLEAR.withSilence(Link.Silence.BOTH));
    pass(OUTAGE);
    farm.proxy.calm();
    assertKept();
  }

  @Test
  void redisRefusesWrites_nothingIsTakenBack() {
    reapBy(queue.jobs());
    awaitReaperAtWork("before");
    farm.proxy.rules(
        new Rule(
            call -> !List.of("clock", "INFO", "PING").contains(call.name()),
            Dose.always(),
            Mishap.redisError("MISCONF Errors writing to the AOF file: No space left")));
    pass(OUTAGE);
    farm.proxy.calm();
    assertKept();
  }

  @Test
  void reapArrivesLate_takesNothing() {
    reapBy(queue.jobs());
    awaitReaperAtWork("before");
    long held = farm.proxy.struck("reap");
    farm.proxy.rules(
        Rule.on("reap", Dose.first(1), new Mishap.Hold()),
        Rule.on("renew", Dose.always(), new Mishap.Silence(false)));
    Eventually.holds("a reap on its way", () -> farm.proxy.struck("reap") > held);
    farm.proxy.rules(Rule.all(Dose.always(), new Mishap.Silence(false)));
    pass(OUTAGE);
    farm.proxy.release();
    farm.proxy.calm();
    assertKept();
  }

  @Test
  void networkSilent_noWorkerIsBelievedDeadUntilAllHadTimeToComeBack() {
    farm.answered(() -> farm.queue.tasks().heartbeat(self()).map(""));
    farm.proxy.link(Link.CLEAR.withSilence(Link.Silence.BOTH));
    assertThatThrownBy(() -> QueueFixture.await(queue.jobs().ready()))
        .isInstanceOf(QueueUnavailableException.class);
    pass(SILENCE);
    farm.proxy.calm();
    assertThat(farm.answered(() -> queue.jobs().releaseIfSilent("worker-1"))).isFalse();
    Eventually.holds(
        "the silence of one worker to mean something",
        () -> farm.answered(() -> queue.jobs().releaseIfSilent("worker-1")));
  }

  private static WorkerSnapshot self() {
    return new WorkerSnapshot("worker-1", QueueFixture.TEXT, "host", 1, "cpu", 4, 1, null, 0);
  }

  /** What the tests above would see if the reaper had no patience. */
  @Test
  void networkSilent_reaperWithoutGrace_takesTheLeaseOfALivingWorker() {
    RedisQueue hasty =
        new RedisQueue(
            farm.vertx,
            shortLeases(QueueConfig.of(farm.proxy.url()).withAllowLossy(true)),
            new FarmBus(farm.vertx.eventBus()),
            new ReapGuard(Duration.ZERO, System.nanoTime()));
    QueueFixture.await(hasty.start());
    farm.proxy.rules(Rule.on("renew", Dose.always(), new Mishap.Silence(false)));
    pass(OUTAGE);
    reapBy(hasty.jobs());
    Eventually.holds("the lease to be taken", () -> reaped.get() == 1);
    farm.proxy.calm();
    Eventually.holds("the worker to hear of it", () -> answers.contains(Renewal.Answer.LOST));
    QueueFixture.await(hasty.close());
  }
}
