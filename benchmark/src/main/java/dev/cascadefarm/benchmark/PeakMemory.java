package dev.cascadefarm.benchmark;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The most memory of its own that this process held since the watch began; Linux only. */
final class PeakMemory implements AutoCloseable {
  private static final long EVERY_MILLIS = 20;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong peak = new AtomicLong();
  private final long before;

  private PeakMemory(long before) {
    this.before = before;
  }

  static PeakMemory watch() throws IOException {
    PeakMemory memory = new PeakMemory(Machine.ownKiB());
    memory.clock.scheduleAtFixedRate(memory::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return memory;
  }

  private void look() {
    try {
      peak.accumulateAndGet(Machine.ownKiB(), Math::max);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be read", e);
    }
  }

  long growthKiB() {
    return Math.max(0, peak.get() - before);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
