package dev.cascadefarm.embedded;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How one embedded Redis runs.
 *
 * @param directory its folder, created if missing; holds its data, configuration, log and binary
 * @param port the port on 127.0.0.1, or 0 for any free one
 * @param persistence how much of an acknowledged write survives
 * @param deadline longest wait for a start, for a stop, and for an orphan to end
 */
public record EmbeddedRedisConfig(
    Path directory, int port, Persistence persistence, Duration deadline) {

  static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(15);

  /** How much of an acknowledged write survives the end of the process or the machine. */
  public enum Persistence {
    /** Every write is on disk before it is acknowledged. */
    ALWAYS,
    /** Writes reach the append-only file at once and the disk when the system likes. */
    LAZY,
    /** Nothing is written; for tests. */
    NONE
  }

  /** Checks the port and the deadline. */
  public EmbeddedRedisConfig {
    Loopback.requirePort(port);
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline: %s (expected: > 0)".formatted(deadline));
    }
  }

  /** Returns the durable setting of a farm: any free port, every write on disk. */
  public static EmbeddedRedisConfig durable(Path directory) {
    return new EmbeddedRedisConfig(directory, 0, Persistence.ALWAYS, DEFAULT_DEADLINE);
  }

  /** Returns the setting of a test that needs no file: any free port, nothing kept. */
  public static EmbeddedRedisConfig volatileIn(Path directory) {
    return new EmbeddedRedisConfig(directory, 0, Persistence.NONE, DEFAULT_DEADLINE);
  }

  /** Returns this setting on another port. */
  public EmbeddedRedisConfig withPort(int other) {
    return new EmbeddedRedisConfig(directory, other, persistence, deadline);
  }
}
