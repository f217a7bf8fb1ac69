package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * What is left of ended jobs, and its end. Whoever forgets a job removes its artifacts first, so
 * that a crash in between leaves something to find. Thread-safe.
 */
public interface JobRetention {
  /** Ended jobs of a tenant that are too old or too many. */
  Future<List<String>> expired(String tenant, Keep keep, int limit);

  /**
   * Removes an ended job from the queue.
   *
   * @return false if it is not there or has not ended
   */
  Future<Boolean> forget(String tenant, String job);

  /**
   * Jobs that ended at least that long ago and whose uncommitted artifacts were not removed yet.
   */
  Future<List<EndedJob>> uncollected(Duration age, int limit);

  /** Notes that the uncommitted artifacts of a job are gone. */
  Future<Void> collected(String job);

  /** A job of a tenant. */
  record EndedJob(String tenant, String job) {}

  /**
   * How much is kept of each tenant.
   *
   * @param failed of failed jobs
   * @param others of jobs that succeeded or were cancelled
   */
  record Keep(Bound failed, Bound others) {
    /**
     * The younger and the fewer.
     *
     * @param jobs at most
     */
    public record Bound(Duration age, int jobs) {
      public Bound {
        if (age.isNegative() || jobs < 0) {
          throw new IllegalArgumentException(
              "keep: " + age + ", " + jobs + " jobs (expected: nothing negative)");
        }
      }
    }

    /** Failed jobs for 30 days, others for 7, 10 000 of each. */
    public static Keep defaults() {
      return new Keep(
          new Bound(Duration.ofDays(30), 10_000), new Bound(Duration.ofDays(7), 10_000));
    }
  }
}
