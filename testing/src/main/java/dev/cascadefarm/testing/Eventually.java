package dev.cascadefarm.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting in tests for something to become true, never longer than a deadline. */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long PAUSE_NANOS = 2_000_000;

  private Eventually() {}

  /** A question whose answer may change. */
  @FunctionalInterface
  public interface Condition {
    /** Whether it is so now. */
    boolean holds() throws Exception;
  }

  /** Waits at most twenty seconds; fails with {@link AssertionError} then. */
  public static void holds(String what, Condition condition) {
    holds(what, LIMIT, condition);
  }

  /** Waits at most {@code limit}; fails with {@link AssertionError} then. */
  public static void holds(String what, Duration limit, Condition condition) {
    long start = System.nanoTime();
    while (!now(condition)) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError(what + ": not so (expected: within " + limit + ")");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static boolean now(Condition condition) {
    try {
      return condition.holds();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
