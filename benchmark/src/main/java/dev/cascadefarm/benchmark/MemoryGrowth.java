package dev.cascadefarm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Resident memory over steps, looked at at twenty places after a warm-up. Memory of a process goes
 * up and down, so that growth is told from the highest of the first five and of the last five
 * places. Not thread-safe.
 */
final class MemoryGrowth {
  private static final int PLACES = 20;
  private static final int COMPARED = 5;

  private final long warmUp;
  private final long steps;
  private final List<Long> residentKiB = new ArrayList<>();

  /**
   * Prepares for a run.
   *
   * @param warmUp steps before the first look
   * @param steps after them
   */
  MemoryGrowth(long warmUp, long steps) {
    this.warmUp = warmUp;
    this.steps = steps;
  }

  /** Hears that so many steps have been taken in all; looks where it is time. */
  void reached(long step) throws IOException {
    if (step >= warmUp + residentKiB.size() * steps / PLACES && residentKiB.size() <= PLACES) {
      residentKiB.add(Machine.residentKiB());
      System.out.printf(
          Locale.ROOT, "step %d: %d KiB%n", step, residentKiB.get(residentKiB.size() - 1));
    }
  }

  String summary() {
    int count = residentKiB.size();
    long first = highest(residentKiB.subList(0, COMPARED));
    long last = highest(residentKiB.subList(count - COMPARED, count));
    return String.format(
        Locale.ROOT,
        "growth over %d steps: %.3f %% (highest of the first and of the last %d of %d places)",
        steps,
        100.0 * (last - first) / first,
        COMPARED,
        count);
  }

  private static long highest(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).max().orElseThrow();
  }
}
