package dev.cascadefarm.standalone.process;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting with a deadline, on the main thread only. */
final class Wait {
  private Wait() {}

  /** The result, or the future's own failure, or {@link ProcessException} when it is late. */
  static <T> T atMost(Duration limit, String what, Future<T> future) {
    try {
      return future.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ProcessException(
          what + ": not done (expected: within " + limit.toSeconds() + " s)", e);
    }
  }
}
