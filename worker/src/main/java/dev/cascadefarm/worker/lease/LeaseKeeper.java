package dev.cascadefarm.worker.lease;

import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews all leases of a worker in one call, soon after a claim and then every third of a lease, on
 * a timer and context of its own, until each is released; keeps on while the worker drains. An
 * answer other than OK ends the lease. While the queue is silent a lease lives on for its length
 * and the outage allowance.
 *
 * <p>{@link #hold}, {@link #release} and {@link #renewSoon} are thread-safe.
 */
public final class LeaseKeeper extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final int MAX_PER_CALL = 256;

  /**
   * Least time between two rounds, however many hints arrive, and from a claim to the renewal that
   * says work has begun: shorter tasks are spared it.
   */
  private static final Duration SPACING = Duration.ofMillis(500);

  /** The same where a checkpoint waits to be committed. */
  private static final Duration PROMPT = Duration.ofMillis(50);

  private final String worker;
  private final TaskQueue queue;
  private final Duration outageAllowance;
  private final LongSupplier nanoTime;
  private final WorkerMetrics metrics;
  private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
  private long timer = -1;
  private long timerDueNanos;
  private long roundNanos;
  private boolean renewing;
  private @Nullable Duration soon;
  private boolean stopped;

  /**
   * A keeper that holds nothing.
   *
   * @param nanoTime monotonic
   */
  public LeaseKeeper(
      String worker,
      TaskQueue queue,
      Duration outageAllowance,
      LongSupplier nanoTime,
      WorkerMetrics metrics) {
    this.worker = worker;
    this.queue = queue;
    this.outageAllowance = outageAllowance;
    this.nanoTime = nanoTime;
    this.metrics = metrics;
    this.roundNanos = nanoTime.getAsLong() - SPACING.toNanos();
  }

  /** Keeps a lease alive from now on. */
  public void hold(Lease lease) {
    leases.add(lease);
    context.runOnContext(v -> held(lease));
  }

  /** Lets go of a lease; it is not renewed any more. */
  public void release(Lease lease) {
    leases.remove(lease);
  }

  /** Asks the queue soon whether leases of that job go on; for hints of a cancellation. */
  public void renewSoon(String job) {
    if (leases.stream().anyMatch(lease -> lease.id().job().equals(job))) {
      context.runOnContext(v -> hurry(SPACING));
    }
  }

  /** Renews soon, as a lease has something to say that must not wait for its turn. */
  public void renewPromptly() {
    context.runOnContext(v -> hurry(PROMPT));
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    disarm();
    return Future.succeededFuture();
  }

  // A claim proves as much as a renewal, so hints of it need not be followed at once.
  private void held(Lease lease) {
    roundNanos = nanoTime.getAsLong();
    Duration third = third(lease.length());
    arm(third.compareTo(SPACING) < 0 ? third : SPACING);
  }

  private void hurry(Duration spacing) {
    soon = soon == null || spacing.compareTo(soon) < 0 ? spacing : soon;
    arm(untilSpaced(soon));
  }

  private Duration untilSpaced(Duration spacing) {
    Duration since = Duration.ofNanos(nanoTime.getAsLong() - roundNanos);
    Duration left = spacing.minus(since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration third(Duration length) {
    return length.dividedBy(3);
  }

  // An earlier due time wins, so a short lease is never renewed at the pace of a long one.
  private void arm(Duration delay) {
    long due = nanoTime.getAsLong() + delay.toNanos();
    if (stopped || renewing || (timer != -1 && timerDueNanos - due <= 0)) {
      return;
    }
    disarm();
    timerDueNanos = due;
    timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> round());
  }

  private void disarm() {
    if (timer != -1) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  private void round() {
    timer = -1;
    List<Lease> held = List.copyOf(leases);
    if (held.isEmpty()) {
      return;
    }
    renewing = true;
    soon = null;
    roundNanos = nanoTime.getAsLong();
    renewFrom(held, 0).onComplete(done -> context.runOnContext(v -> nextRound(done.cause())));
  }

  private void nextRound(@Nullable Throwable failure) {
    renewing = false;
    if (failure != null) {
      metrics.count("renew.failed");
      log.warn("leases not renewed: worker={} cause={}", worker, failure.toString());
    }
    leases.stream()
        .map(Lease::length)
        .min(Duration::compareTo)
        .map(shortest -> failure == null ? third(shortest) : hurried(shortest))
        .ifPresent(delay -> arm(soon == null ? delay : untilSpaced(soon)));
  }

  private static Duration hurried(Duration length) {
    Duration second = Duration.ofSeconds(1);
    return third(length).compareTo(second) < 0 ? third(length) : second;
  }

  private Future<Void> renewFrom(List<Lease> held, int from) {
    if (from >= held.size()) {
      return Future.succeededFuture();
    }
    List<Lease> part = held.subList(from, Math.min(held.size(), from + MAX_PER_CALL));
    List<Renewal> renewals = part.stream().map(Lease::renewal).toList();
    long sent = nanoTime.getAsLong();
    return queue
        .renew(worker, renewals)
        .timeout(third(part.get(0).length()).toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(error -> context.runOnContext(v -> endExpired(held)))
        .compose(answers -> apply(part, renewals, answers, sent))
        .compose(done -> renewFrom(held, from + MAX_PER_CALL));
  }

  private static Future<Void> apply(
      List<Lease> part, List<Renewal> renewals, Map<TaskId, Renewal.Answer> answers, long sent) {
    for (int i = 0; i < part.size(); i++) {
      Lease lease = part.get(i);
      Renewal.Answer answer = answers.getOrDefault(lease.id(), Renewal.Answer.LOST);
      lease.answered(renewals.get(i), answer, sent);
    }
    return Future.succeededFuture();
  }

  private void endExpired(List<Lease> held) {
    long now = nanoTime.getAsLong();
    held.stream()
        .filter(lease -> lease.expired(now, outageAllowance))
        .forEach(lease -> lease.end(Renewal.Answer.LOST));
  }
}
