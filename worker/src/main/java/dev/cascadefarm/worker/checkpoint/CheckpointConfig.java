package dev.cascadefarm.worker.checkpoint;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often running samples are written down.
 *
 * @param rows rows between two checkpoints; 0 for none at all; absent to weigh cost against risk
 * @param meanTimeBetweenFailures how long a worker usually runs before it is lost, at least a
 *     second; only weighed where {@code rows} is absent
 */
public record CheckpointConfig(@Nullable Integer rows, Duration meanTimeBetweenFailures) {
  private static final Duration LEAST = Duration.ofSeconds(1);

  public CheckpointConfig {
    if (rows != null && rows < 0) {
      throw new IllegalArgumentException(
          "checkpoint_rows: " + rows + " (expected: at least 0, or none)");
    }
    if (meanTimeBetweenFailures.compareTo(LEAST) < 0) {
      throw new IllegalArgumentException(
          "mean_time_between_failures: " + meanTimeBetweenFailures + " (expected: 1 s or longer)");
    }
  }

  /** Weighed, for a worker that is lost every hour. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(null, Duration.ofHours(1));
  }

  /** One checkpoint every so many rows. */
  public static CheckpointConfig every(int rows) {
    return new CheckpointConfig(rows, Duration.ofHours(1));
  }

  /** Whether there are any. */
  public boolean off() {
    return rows != null && rows == 0;
  }
}
