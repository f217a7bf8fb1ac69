package dev.cascadefarm.worker.lease;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A task in the worker's hands and what is known of the right to it. Times are by the worker's
 * monotonic clock, counted from the moment a request was sent, never from its answer. Thread-safe.
 */
public final class Lease {
  private final LeasedTask task;
  private final Duration length;
  private final Promise<Renewal.Answer> end = Promise.promise();
  private volatile long securedNanos;
  private volatile @Nullable Progress progress;

  /**
   * A lease just claimed.
   *
   * @param length how long it lasts without a renewal
   * @param sentNanos when the claim was first sent
   */
  public Lease(LeasedTask task, Duration length, long sentNanos) {
    this.task = task;
    this.length = length;
    this.securedNanos = sentNanos;
  }

  /** What is leased. */
  public LeasedTask task() {
    return task;
  }

  /** Completes with CANCEL, DEADLINE or LOST once the work has to stop; never fails. */
  public Future<Renewal.Answer> ended() {
    return end.future();
  }

  /** Remembers the latest progress; the next renewal carries it. */
  public void progress(Progress latest) {
    progress = latest;
  }

  TaskId id() {
    return task.id();
  }

  Duration length() {
    return length;
  }

  Renewal renewal() {
    return new Renewal(task.id(), task.nonce(), progress);
  }

  void secured(long sentNanos) {
    securedNanos = sentNanos;
  }

  void end(Renewal.Answer answer) {
    end.tryComplete(answer);
  }

  /** Whether the queue has been silent for longer than the lease and the allowance together. */
  boolean expired(long nowNanos, Duration outageAllowance) {
    return nowNanos - securedNanos > length.plus(outageAllowance).toNanos();
  }
}
