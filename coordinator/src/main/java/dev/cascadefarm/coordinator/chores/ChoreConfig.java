package dev.cascadefarm.coordinator.chores;

import dev.cascadefarm.common.queue.JobRetention;
import java.time.Duration;

/**
 * How often a coordinator does what, and what it keeps.
 *
 * @param reaping mean time between two looks for lost leases
 * @param forgetting mean time between two rounds of removing what is old
 * @param auditing mean time between two audits of the queue
 * @param keep how much is kept of ended jobs
 * @param garbageAge time since the end of a job, after which what it did not commit is removed
 */
public record ChoreConfig(
    Duration reaping,
    Duration forgetting,
    Duration auditing,
    JobRetention.Keep keep,
    Duration garbageAge) {
  /** Looks each second, rounds each minute, an audit every ten minutes, garbage after a day. */
  public static ChoreConfig defaults() {
    return new ChoreConfig(
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        JobRetention.Keep.defaults(),
        Duration.ofDays(1));
  }
}
