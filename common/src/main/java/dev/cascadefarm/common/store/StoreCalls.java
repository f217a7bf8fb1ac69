package dev.cascadefarm.common.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for the store's blocking calls, so that hashing, signing and reading bodies never happen
 * on an event loop. Both the threads and the calls that wait for one are bounded. Thread-safe.
 */
final class StoreCalls {
  static final int THREADS = 16;
  private static final int MAX_PENDING = 1_024;

  private final WorkerExecutor threads;
  private final Duration deadline;
  private final AtomicInteger pending = new AtomicInteger();

  StoreCalls(Vertx vertx, Duration deadline) {
    this.threads = vertx.createSharedWorkerExecutor("farm-store", THREADS);
    this.deadline = deadline;
  }

  /**
   * Runs one call and completes within the deadline.
   *
   * @param subject what the call asks for, to be named in failures
   */
  <T> Future<T> run(String subject, Callable<T> call) {
    if (pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      return Future.failedFuture(
          new StoreUnavailableException(
              "store: %s refused, %d calls wait (expected: fewer)".formatted(subject, MAX_PENDING),
              null));
    }
    return threads
        .executeBlocking(call, false)
        .eventually(this::release)
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(StoreFaults.translate(subject, failure)));
  }

  private Future<Void> release() {
    pending.decrementAndGet();
    return Future.succeededFuture();
  }

  Future<Void> close() {
    return threads.close();
  }
}
