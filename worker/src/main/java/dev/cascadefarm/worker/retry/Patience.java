package dev.cascadefarm.worker.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long and how eagerly something is tried again.
 *
 * @param firstDelay least wait between two attempts
 * @param maxDelay longest wait between two attempts
 * @param total no attempt starts later than this after the first
 */
public record Patience(Duration firstDelay, Duration maxDelay, Duration total) {
  public Patience {
    if (firstDelay.toMillis() < 1 || maxDelay.compareTo(firstDelay) < 0 || total.isNegative()) {
      throw new IllegalArgumentException(
          "patience: %s, %s, %s (expected: 1 ms <= first <= longest delay, total >= 0)"
              .formatted(firstDelay, maxDelay, total));
    }
  }

  /** Decorrelated jitter: anything between the first delay and three times the last wait. */
  long nextDelayMillis(long lastMillis, RandomGenerator random) {
    long least = firstDelay.toMillis();
    long most = Math.min(maxDelay.toMillis(), Math.max(least, 3 * lastMillis));
    return random.nextLong(least, most + 1);
  }
}
