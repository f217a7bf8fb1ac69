package dev.cascadefarm.worker.lease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private static final Duration LENGTH = Duration.ofMillis(300);
  private static final Duration ALLOWANCE = Duration.ofMinutes(10);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<List<Renewal>> rounds = new LinkedBlockingQueue<>();
  private volatile Function<Renewal, Renewal.Answer> answers = renewal -> Renewal.Answer.OK;
  private volatile boolean silent;
  private LeaseKeeper keeper;

  @BeforeEach
  void deploy() throws Exception {
    WorkerMetrics metrics =
        new WorkerMetrics(new SimpleMeterRegistry(), new BundleId("tiny", 1), trace -> {});
    keeper = new LeaseKeeper("w", new ScriptedQueue(), ALLOWANCE, nanos::get, metrics);
    vertx.deployVerticle(keeper).await(5, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(5, SECONDS);
  }

  @Test
  void hold_severalLeases_areRenewedAgainAndAgainInOneCallWithTheirProgress() throws Exception {
    Lease one = lease("a");
    Lease two = lease("b");
    one.progress(new Progress(3, 20));
    keeper.hold(one);
    keeper.hold(two);

    for (int i = 0; i < 3; i++) {
      assertThat(nextRound())
          .containsExactlyInAnyOrder(
              new Renewal(one.id(), "nonce-a", new Progress(3, 20)),
              new Renewal(two.id(), "nonce-b", null));
    }
    assertThat(one.ended().isComplete()).isFalse();
  }

  @Test
  void release_endsRenewing() throws Exception {
    Lease kept = lease("a");
    Lease released = lease("b");
    keeper.hold(kept);
    keeper.hold(released);
    nextRound();
    keeper.release(released);
    nextRound();

    assertThat(nextRound()).extracting(Renewal::nonce).containsExactly("nonce-a");
  }

  @Test
  void answersOtherThanOk_endTheLease() throws Exception {
    Lease cancelled = lease("a");
    Lease late = lease("b");
    Lease sound = lease("c");
    answers =
        renewal ->
            switch (renewal.nonce()) {
              case "nonce-a" -> Renewal.Answer.CANCEL;
              case "nonce-b" -> Renewal.Answer.DEADLINE;
              default -> Renewal.Answer.OK;
            };
    List.of(cancelled, late, sound).forEach(keeper::hold);

    assertThat(cancelled.ended().await(5, SECONDS)).isEqualTo(Renewal.Answer.CANCEL);
    assertThat(late.ended().await(5, SECONDS)).isEqualTo(Renewal.Answer.DEADLINE);
    nextRound();
    assertThat(sound.ended().isComplete()).isFalse();
  }

  @Test
  void silence_withinLeaseAndAllowance_endsNothing_andBeyondItTheLeaseIsLost() throws Exception {
    silent = true;
    Lease lease = lease("a");
    keeper.hold(lease);
    nextRound();
    nanos.set(LENGTH.plus(ALLOWANCE).toNanos());
    nextRound();
    nextRound();
    assertThat(lease.ended().isComplete()).isFalse();

    nanos.set(LENGTH.plus(ALLOWANCE).toNanos() + 1);

    assertThat(lease.ended().await(5, SECONDS)).isEqualTo(Renewal.Answer.LOST);
  }

  @Test
  void silence_thatEnds_leavesTheLeaseAndStartsTheClockAnew() throws Exception {
    silent = true;
    Lease lease = lease("a");
    keeper.hold(lease);
    nextRound();
    nanos.set(ALLOWANCE.toNanos());
    silent = false;
    nextRound();
    nextRound();
    silent = true;
    nanos.set(ALLOWANCE.multipliedBy(2).toNanos());
    nextRound();
    nextRound();

    assertThat(lease.ended().isComplete()).isFalse();
  }

  @Test
  void commit_aCheckpoint_goesOutPromptlyAndOnce() throws Exception {
    Lease lease = longLease("a");
    keeper.hold(lease);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    Future<Void> taken = lease.commit("key");
    keeper.renewPromptly();

    assertThat(nextRound()).extracting(Renewal::checkpoint).containsExactly("key");
    taken.await(5, SECONDS);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    keeper.renewPromptly();
    Renewal next = nextRound().get(0);
    assertThat(next.checkpoint()).isNull();
    assertThat(next.refusal()).isNull();
  }

  @Test
  void commit_answerLost_saidAgainUntilItIsHeard() throws Exception {
    silent = true;
    Lease lease = lease("a");
    keeper.hold(lease);
    Future<Void> taken = lease.commit("key");
    Future<Void> heard = lease.refuse("old", "why");
    assertThat(nextRound()).extracting(Renewal::checkpoint).containsExactly("key");
    assertThat(nextRound()).extracting(Renewal::checkpoint).containsExactly("key");
    assertThat(taken.isComplete()).isFalse();
    silent = false;

    taken.await(5, SECONDS);
    heard.await(5, SECONDS);
    assertThat(nextRound().get(0).refusal()).isEqualTo(new Renewal.Refusal("old", "why"));
  }

  @Test
  void commit_leaseEnds_fails() throws Exception {
    answers = renewal -> Renewal.Answer.LOST;
    Lease lease = lease("a");
    Future<Void> taken = lease.commit("key");
    keeper.hold(lease);
    assertThatThrownBy(() -> taken.await(5, SECONDS)).hasMessageContaining("lease has ended");
    assertThat(lease.ended().isComplete()).isTrue();
    assertThat(lease.commit("later").failed()).isTrue();
    assertThat(lease.refuse("later", "why").failed()).isTrue();
  }

  private List<Renewal> nextRound() throws InterruptedException {
    List<Renewal> round = rounds.poll(5, SECONDS);
    assertThat(round).as("a renewal within 5 s").isNotNull();
    return round;
  }

  private Lease lease(String job) {
    return lease(job, LENGTH);
  }

  private Lease longLease(String job) {
    return lease(job, Duration.ofMinutes(10));
  }

  private Lease lease(String job, Duration length) {
    JobSpec spec = new JobSpec("tiny@1", "x", null, 1, 1, Map.of());
    TaskQueue.LeasedTask task =
        new TaskQueue.LeasedTask(
            new TaskId(job, "base", 0),
            "default",
            "nonce-" + job,
            1,
            spec,
            new JobPlan(List.of()),
            Map.of(),
            null);
    return new Lease(task, length, nanos.get());
  }

  /** Answers renewals as the test says; nothing else is asked of it. */
  private final class ScriptedQueue implements TaskQueue {
    @Override
    public Future<Map<TaskId, Renewal.Answer>> renew(String worker, List<Renewal> renewals) {
      rounds.add(renewals);
      return silent
          ? Future.failedFuture(new QueueUnavailableException("silent", new AssertionError()))
          : Future.succeededFuture(
              renewals.stream().collect(Collectors.toMap(Renewal::id, answers)));
    }

    @Override
    public Future<ClaimResult> claim(Claim claim) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<ReportResult>> complete(List<Completion> completions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<ReportResult> fail(Failure failure) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> heartbeat(WorkerSnapshot worker) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> goodbye(String worker) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<String> registeredDigest(BundleId bundle) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> ready() {
      throw new UnsupportedOperationException();
    }
  }
}
