package dev.cascadefarm.worker.checkpoint;

import dev.cascadefarm.worker.checkpoint.CheckpointPolicy.Measures;
import dev.cascadefarm.worker.checkpoint.CheckpointPolicy.Position;
import java.time.Duration;

/**
 * The policy of one worker and what its checkpoints have cost of late, as a moving average.
 * Thread-safe.
 */
public final class CheckpointPace {
  /** What one is taken to cost before any was written. */
  static final double ASSUMED_SECONDS = 0.1;

  /** How much the newest cost counts. */
  private static final double WEIGHT = 0.25;

  private final CheckpointPolicy policy;
  private final boolean off;
  private double costSeconds = ASSUMED_SECONDS;
  private boolean measured;

  public CheckpointPace(CheckpointConfig config) {
    this.policy = new CheckpointPolicy(config);
    this.off = config.off();
  }

  /** Whether nothing is ever written. */
  public boolean off() {
    return off;
  }

  /** Takes note that a checkpoint took so long to encode and store. */
  public synchronized void written(Duration took) {
    double seconds = took.toNanos() / 1e9;
    costSeconds = measured ? costSeconds + WEIGHT * (seconds - costSeconds) : seconds;
    measured = true;
  }

  /**
   * Whether a sample is to be written down where it is.
   *
   * @param rowSeconds from a row of it to its next; 0 while unknown
   */
  public synchronized boolean due(Position at, double rowSeconds) {
    return policy.due(at, new Measures(costSeconds, rowSeconds));
  }

  synchronized double costSeconds() {
    return costSeconds;
  }
}
