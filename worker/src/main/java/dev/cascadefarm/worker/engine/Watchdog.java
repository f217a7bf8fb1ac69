package dev.cascadefarm.worker.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks several times a second at the call the engine is in, and ends the process once that call
 * has outlived its limit. Fires at most once per call. {@link #enter} and {@link #leave} belong to
 * the engine thread; the rest is thread-safe.
 */
final class Watchdog implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final AtomicReference<@Nullable Watched> current = new AtomicReference<>();
  private final ExitHook exit;
  private final LongSupplier nanoTime;
  private final Thread thread;
  private volatile boolean closed;

  Watchdog(String device, ExitHook exit, LongSupplier nanoTime) {
    this.exit = exit;
    this.nanoTime = nanoTime;
    this.thread = new Thread(this::run, "farm-watchdog-" + device);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void enter(String what, Duration limit) {
    current.set(new Watched(what, limit, nanoTime.getAsLong()));
  }

  void leave() {
    current.set(null);
  }

  /** One look; called by the watchdog's own thread. */
  void look() {
    Watched call = current.get();
    if (call == null || nanoTime.getAsLong() - call.since < call.limit.toNanos()) {
      return;
    }
    if (current.compareAndSet(call, null)) {
      exit.exit(
          "engine call " + call.what + " did not return (expected: within " + call.limit + ")");
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
      look();
    }
  }

  private record Watched(String what, Duration limit, long since) {}
}
