package dev.cascadefarm.e2e.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waiting for something to become true, by looking again and again until a deadline. */
public final class Eventually {
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  private Eventually() {}

  /**
   * Looks until the look answers, and returns its answer.
   *
   * @param what the thing waited for, for the message
   * @throws AssertionError if it has not answered at the deadline; {@code hint} says more
   */
  public static <T> T get(
      String what, Duration deadline, Callable<Optional<T>> look, Supplier<String> hint) {
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      Optional<T> found = call(what, look);
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() >= end) {
        throw new AssertionError(what + ": not within " + deadline + "\n" + hint.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Looks until the condition holds. */
  public static void holds(
      String what, Duration deadline, Callable<Boolean> condition, Supplier<String> hint) {
    Callable<Optional<Boolean>> look = () -> Optional.of(condition.call()).filter(yes -> yes);
    if (!get(what, deadline, look, hint)) {
      throw new AssertionError(what);
    }
  }

  private static <T> Optional<T> call(String what, Callable<Optional<T>> look) {
    try {
      return look.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }
}
