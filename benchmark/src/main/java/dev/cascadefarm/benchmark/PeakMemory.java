package dev.cascadefarm.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The most memory of its own that this process held since the watch began; Linux only. */
final class PeakMemory implements AutoCloseable {
  private static final long EVERY_MILLIS = 20;

  private final ScheduledExecutorService clock;
  private final ScheduledFuture<?> looks;
  private final AtomicLong peak;
  private final long before;

  private PeakMemory(
      ScheduledExecutorService clock, ScheduledFuture<?> looks, AtomicLong peak, long before) {
    this.clock = clock;
    this.looks = looks;
    this.peak = peak;
    this.before = before;
  }

  static PeakMemory watch() throws IOException {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    AtomicLong peak = new AtomicLong();
    Runnable look = () -> peak.accumulateAndGet(ownKiB(), Math::max);
    ScheduledFuture<?> looks =
        clock.scheduleAtFixedRate(look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return new PeakMemory(clock, looks, peak, Machine.ownKiB());
  }

  private static long ownKiB() {
    try {
      return Machine.ownKiB();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How much more it was than at the beginning.
   *
   * @throws IllegalStateException if memory could not be read all the time
   */
  long growthKiB() {
    if (looks.isDone()) {
      throw new IllegalStateException("the watch has ended (expected: until it is closed)");
    }
    return Math.max(0, peak.get() - before);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
