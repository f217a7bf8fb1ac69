package dev.cascadefarm.common.queue;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * How the queue is reached and how patient it is.
 *
 * @param redisUrl for example {@code redis://:password@127.0.0.1:6379/0}; never printed whole
 * @param allowLossy whether to work on a Redis whose settings can lose jobs
 * @param commandDeadline how long one command may take, connecting included
 * @param maxInFlight commands of this process waiting for an answer, at most
 */
public record QueueConfig(
    String redisUrl,
    boolean allowLossy,
    Duration commandDeadline,
    int maxInFlight,
    Leases leases,
    Retries retries,
    Breaker breaker,
    Limits limits) {
  public QueueConfig {
    Objects.requireNonNull(redisUrl, "redisUrl");
    positive("command_deadline", commandDeadline);
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("max_in_flight: " + maxInFlight + " (expected: >= 1)");
    }
  }

  /** The defaults, for a Redis at {@code redisUrl}. */
  public static QueueConfig of(String redisUrl) {
    return new QueueConfig(
        redisUrl,
        false,
        Duration.ofSeconds(2),
        1024,
        Leases.defaults(),
        Retries.defaults(),
        Breaker.defaults(),
        Limits.defaults());
  }

  public QueueConfig withAllowLossy(boolean allow) {
    return new QueueConfig(
        redisUrl, allow, commandDeadline, maxInFlight, leases, retries, breaker, limits);
  }

  public QueueConfig withCommandDeadline(Duration deadline) {
    return new QueueConfig(
        redisUrl, allowLossy, deadline, maxInFlight, leases, retries, breaker, limits);
  }

  public QueueConfig withMaxInFlight(int max) {
    return new QueueConfig(
        redisUrl, allowLossy, commandDeadline, max, leases, retries, breaker, limits);
  }

  public QueueConfig withLeases(Leases changed) {
    return new QueueConfig(
        redisUrl, allowLossy, commandDeadline, maxInFlight, changed, retries, breaker, limits);
  }

  public QueueConfig withRetries(Retries changed) {
    return new QueueConfig(
        redisUrl, allowLossy, commandDeadline, maxInFlight, leases, changed, breaker, limits);
  }

  public QueueConfig withBreaker(Breaker changed) {
    return new QueueConfig(
        redisUrl, allowLossy, commandDeadline, maxInFlight, leases, retries, changed, limits);
  }

  public QueueConfig withLimits(Limits changed) {
    return new QueueConfig(
        redisUrl, allowLossy, commandDeadline, maxInFlight, leases, retries, breaker, changed);
  }

  /** Where Redis is, without credentials; fit for logs. */
  public String redisAddress() {
    URI uri = URI.create(redisUrl);
    return uri.getScheme()
        + "://"
        + uri.getHost()
        + ":"
        + (uri.getPort() < 0 ? 6379 : uri.getPort());
  }

  @Override
  public String toString() {
    return "QueueConfig[" + redisAddress() + ", deadline " + commandDeadline + ", " + leases + "]";
  }

  /**
   * How long a worker may keep a task.
   *
   * @param length of a lease; workers renew at a third of it
   * @param kill time a worker needs to stop after its lease has ended, before the task is taken
   *     back
   * @param hardLimit longest run of one attempt, whatever it reports
   */
  public record Leases(Duration length, Duration kill, Duration hardLimit) {
    public Leases {
      positive("lease", length);
      positive("hard_limit", hardLimit);
      if (kill.isNegative()) {
        throw new IllegalArgumentException("kill: " + kill + " (expected: >= 0)");
      }
    }

    public static Leases defaults() {
      return new Leases(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofHours(6));
    }
  }

  /**
   * What follows a failure. Delays double from the first to the longest, with jitter.
   *
   * @param maxFailures task failures after which a task is dead
   * @param maxStalls lost workers after which a task is dead
   * @param maxLost leases that never started after which a task is dead
   * @param task delays after a failure of the task
   * @param infrastructure delays after a failure around the task
   */
  public record Retries(
      int maxFailures, int maxStalls, int maxLost, Delays task, Delays infrastructure) {
    public Retries {
      if (maxFailures < 1 || maxStalls < 1 || maxLost < 1) {
        throw new IllegalArgumentException(
            "retries: " + maxFailures + ", " + maxStalls + ", " + maxLost + " (expected: >= 1)");
      }
    }

    public static Retries defaults() {
      return new Retries(
          5,
          3,
          10,
          new Delays(Duration.ofSeconds(1), Duration.ofMinutes(2)),
          new Delays(Duration.ofSeconds(1), Duration.ofMinutes(5)));
    }
  }

  /** The first and the longest of growing delays. */
  public record Delays(Duration first, Duration longest) {}

  /**
   * When a stage counts as broken: it is claimed no more, but for a probe now and then, until a
   * task of it completes.
   *
   * @param tasks different tasks with an infrastructure failure that open the breaker
   * @param within how soon after one another
   * @param probe time between two probes
   */
  public record Breaker(int tasks, Duration within, Duration probe) {
    public Breaker {
      if (tasks < 1) {
        throw new IllegalArgumentException("breaker: " + tasks + " tasks (expected: >= 1)");
      }
      positive("breaker within", within);
      positive("breaker probe", probe);
    }

    public static Breaker defaults() {
      return new Breaker(5, Duration.ofSeconds(30), Duration.ofSeconds(15));
    }
  }

  /**
   * What bounds the queue.
   *
   * @param backlog unfinished tasks of one tenant, at most
   * @param ageing head start in waiting time that one level of priority is worth
   * @param idempotencyTail how long an idempotency key outlives its job
   * @param workerSilence silence after which a worker is not listed any more
   */
  public record Limits(
      int backlog, Duration ageing, Duration idempotencyTail, Duration workerSilence) {
    public Limits {
      if (backlog < 1) {
        throw new IllegalArgumentException("backlog: " + backlog + " (expected: >= 1)");
      }
    }

    public static Limits defaults() {
      return new Limits(100_000, Duration.ofMinutes(1), Duration.ofDays(3), Duration.ofSeconds(15));
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
