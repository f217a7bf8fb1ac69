package dev.cascadefarm.worker.lease;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.Renewal.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
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
  private final AtomicReference<@Nullable Word<String>> commit = new AtomicReference<>();
  private final AtomicReference<@Nullable Word<Refusal>> refusal = new AtomicReference<>();

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

  /** Something that renewals carry until the queue has heard it. */
  private record Word<T>(T text, Promise<Void> heard) {}

  /**
   * Has the next renewals carry a checkpoint's key until the queue has taken it. One at a time.
   *
   * @return fails once the lease has ended; completes on any thread
   */
  public Future<Void> commit(String checkpoint) {
    return say(commit, checkpoint);
  }

  /**
   * Has the next renewals say that a checkpoint is of no use until the queue has heard it.
   *
   * @return fails once the lease has ended; completes on any thread
   */
  public Future<Void> refuse(String checkpoint, String reason) {
    return say(refusal, new Refusal(checkpoint, reason));
  }

  private <T> Future<Void> say(AtomicReference<@Nullable Word<T>> place, T text) {
    Word<T> word = new Word<>(text, Promise.promise());
    place.set(word);
    if (end.future().isComplete()) {
      forget(place);
    }
    return word.heard.future();
  }

  private static <T> void forget(AtomicReference<@Nullable Word<T>> place) {
    Word<T> word = place.getAndSet(null);
    if (word != null) {
      word.heard.tryFail("the lease has ended (expected: that it is renewed)");
    }
  }

  TaskId id() {
    return task.id();
  }

  Duration length() {
    return length;
  }

  Renewal renewal() {
    return new Renewal(task.id(), task.nonce(), progress, text(commit), text(refusal));
  }

  private static <T> @Nullable T text(AtomicReference<@Nullable Word<T>> place) {
    Word<T> word = place.get();
    return word == null ? null : word.text;
  }

  /** Takes note of the answer to a renewal. */
  void answered(Renewal sent, Renewal.Answer answer, long sentNanos) {
    if (answer == Renewal.Answer.OK) {
      secured(sentNanos);
      heard(commit, sent.checkpoint());
      heard(refusal, sent.refusal());
    } else {
      end(answer);
    }
  }

  private static <T> void heard(AtomicReference<@Nullable Word<T>> place, @Nullable T sent) {
    Word<T> word = place.get();
    if (word != null && word.text.equals(sent) && place.compareAndSet(word, null)) {
      word.heard.complete();
    }
  }

  private void secured(long sentNanos) {
    securedNanos = sentNanos;
  }

  void end(Renewal.Answer answer) {
    if (end.tryComplete(answer)) {
      forget(commit);
      forget(refusal);
    }
  }

  /** Whether the queue has been silent for longer than the lease and the allowance together. */
  boolean expired(long nowNanos, Duration outageAllowance) {
    return nowNanos - securedNanos > length.plus(outageAllowance).toNanos();
  }
}
