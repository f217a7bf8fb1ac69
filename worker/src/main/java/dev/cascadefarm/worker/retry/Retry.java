package dev.cascadefarm.worker.retry;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Tries an operation until it succeeds, fails for good, or patience ends; then it fails with the
 * last error. Every attempt has its own deadline. Thread-safe.
 */
public final class Retry {
  private final Vertx vertx;
  private final RandomGenerator random;
  private final Patience patience;
  private final Duration attemptLimit;

  /**
   * A way of trying again.
   *
   * @param random thread-safe
   * @param attemptLimit an attempt that takes longer counts as failed
   */
  public Retry(Vertx vertx, RandomGenerator random, Patience patience, Duration attemptLimit) {
    this.vertx = vertx;
    this.random = random;
    this.patience = patience;
    this.attemptLimit = attemptLimit;
  }

  /**
   * Runs {@code attempt} as often as needed.
   *
   * @param again whether an error may pass; asked before every further attempt
   */
  public <T> Future<T> run(Supplier<Future<T>> attempt, Predicate<Throwable> again) {
    return attempt(new Course<>(attempt, again, System.nanoTime()), 0);
  }

  private <T> Future<T> attempt(Course<T> course, long lastDelayMillis) {
    return course
        .call()
        .timeout(attemptLimit.toMillis(), TimeUnit.MILLISECONDS)
        .recover(error -> later(course, lastDelayMillis, error));
  }

  private <T> Future<T> later(Course<T> course, long lastDelayMillis, Throwable error) {
    long delay = patience.nextDelayMillis(lastDelayMillis, random);
    long waited = System.nanoTime() - course.startNanos;
    boolean patient = waited + delay * 1_000_000 <= patience.total().toNanos();
    return patient && course.again.test(error)
        ? vertx.timer(delay, TimeUnit.MILLISECONDS).compose(done -> attempt(course, delay))
        : Future.failedFuture(error);
  }

  private record Course<T>(
      Supplier<Future<T>> attempt, Predicate<Throwable> again, long startNanos) {
    // An operation that throws instead of failing its future must not escape the chain.
    Future<T> call() {
      try {
        return attempt.get();
      } catch (RuntimeException e) {
        return Future.failedFuture(e);
      }
    }
  }
}
