package dev.cascadefarm.e2e.architecture.broken.standalone.util;

import java.util.concurrent.atomic.AtomicInteger;

/** Everything that a shared helper should not be. */
public final class Helper {
  public static final AtomicInteger COUNTER = new AtomicInteger();
  private static int calls;

  private Helper() {}

  /** Waits by sleeping, and counts. */
  public static int pause() throws InterruptedException {
    Thread.sleep(1);
    calls++;
    return calls;
  }
}
