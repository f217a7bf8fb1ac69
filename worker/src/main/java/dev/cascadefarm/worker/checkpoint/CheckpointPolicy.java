package dev.cascadefarm.worker.checkpoint;

/**
 * Says whether a sample is to be written down at a row. With a cost C of writing and a mean time M
 * between failures, the time lost to both is least at an interval of √(2·C·M) (Young 1974; Daly
 * 2006, whose further terms vanish while C is small beside M). Immutable.
 */
public final class CheckpointPolicy {
  private final CheckpointConfig config;

  public CheckpointPolicy(CheckpointConfig config) {
    this.config = config;
  }

  /**
   * What was measured.
   *
   * @param costSeconds to encode and store a checkpoint
   * @param rowSeconds from a row of the sample to its next; 0 while unknown
   */
  public record Measures(double costSeconds, double rowSeconds) {}

  /**
   * Where a sample is.
   *
   * @param done rows finished
   * @param total rows in all
   * @param last rows that the last checkpoint has, written or tried; 0 if there was none
   */
  public record Position(int done, int total, int last) {}

  /** Rows between two checkpoints, at least 1. */
  public int interval(Measures measures) {
    if (config.rows() != null) {
      return Math.max(1, config.rows());
    }
    double seconds =
        Math.sqrt(2 * measures.costSeconds * config.meanTimeBetweenFailures().toNanos() / 1e9);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.rint(seconds / measures.rowSeconds)));
  }

  /** Whether it is time; unless the interval is a given one, never if the end is nearer than it. */
  public boolean due(Position at, Measures measures) {
    if (config.off() || at.done >= at.total) {
      return false;
    }
    if (config.rows() != null) {
      return at.done - at.last >= config.rows();
    }
    if (measures.rowSeconds <= 0) {
      return false;
    }
    int interval = interval(measures);
    return at.done - at.last >= interval && at.total - at.done >= interval;
  }
}
