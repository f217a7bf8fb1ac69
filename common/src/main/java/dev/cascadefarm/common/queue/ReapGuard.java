package dev.cascadefarm.common.queue;

import java.time.Duration;
import java.util.Objects;

/**
 * Decides whether leases may be taken back now. After anything that may have kept workers from
 * renewing, it waits one full lease: at the start of this process, after a restart of Redis, after
 * a fault of the own connection, and when Redis' clock and the local one disagree. Not thread-safe.
 */
final class ReapGuard {
  private static final long DIVERGENCE_MS = 5_000;

  /** After this every worker that lives has connected again and said so. */
  private static final long SETTLED_NANOS = 10_000_000_000L;

  private final long graceNanos;
  private long quietSinceNanos;
  private long offsetMs;
  private String runId = "";

  ReapGuard(Duration lease, long startNanos) {
    this.graceNanos = lease.toNanos();
    this.quietSinceNanos = startNanos;
  }

  /**
   * Whether the silence of one worker means anything: soon after a fault, all may be silent.
   *
   * @param nowNanos local monotonic clock
   * @param faultNanos when the own connection was last at fault, by the local clock
   */
  boolean believesSilence(long nowNanos, long faultNanos) {
    return nowNanos - faultNanos >= Math.min(graceNanos, SETTLED_NANOS);
  }

  /**
   * Takes in what is known and answers whether to reap.
   *
   * @param nowNanos local monotonic clock
   * @param redisMs Redis' clock
   * @param faultNanos when the own connection was last at fault, by the local clock
   * @param redisRunId identity of the Redis process
   */
  boolean allows(long nowNanos, long redisMs, long faultNanos, String redisRunId) {
    long offset = redisMs - nowNanos / 1_000_000;
    boolean known = !runId.isEmpty();
    boolean moved = known && Math.abs(offset - offsetMs) > DIVERGENCE_MS;
    boolean restarted = known && !Objects.equals(runId, redisRunId);
    offsetMs = offset;
    runId = redisRunId;
    if (moved || restarted) {
      quietSinceNanos = nowNanos;
    }
    if (faultNanos - quietSinceNanos > 0) {
      quietSinceNanos = faultNanos;
    }
    return nowNanos - quietSinceNanos >= graceNanos;
  }
}
