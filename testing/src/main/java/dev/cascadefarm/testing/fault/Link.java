package dev.cascadefarm.testing.fault;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How bytes travel, each way.
 *
 * @param latency least time on the way
 * @param jitter what chance may add to it, at most; bytes stay in order
 * @param bytesPerSecond of one connection, each way; 0 for any number
 * @param slice bytes that arrive at once, at most; 0 for any number
 * @param silence which ways bytes vanish; a connection that has lost a byte stays silent that way
 */
public record Link(
    Duration latency, Duration jitter, int bytesPerSecond, int slice, Silence silence) {
  /** As if there were no proxy. */
  public static final Link CLEAR = new Link(Duration.ZERO, Duration.ZERO, 0, 0, Silence.NONE);

  public Link {
    if (latency.isNegative() || jitter.isNegative() || bytesPerSecond < 0 || slice < 0) {
      throw new IllegalArgumentException(
          "link: %s, %s, %d, %d (expected: >= 0)"
              .formatted(latency, jitter, bytesPerSecond, slice));
    }
  }

  /** The ways on which bytes vanish. */
  public enum Silence {
    NONE,
    REQUESTS,
    REPLIES,
    BOTH;

    boolean covers(Silence way) {
      return this == BOTH || this == way;
    }
  }

  /** The same with another latency. */
  public Link withLatency(Duration least, Duration chance) {
    return new Link(least, chance, bytesPerSecond, slice, silence);
  }

  /** The same with a bound on its rate. */
  public Link withBytesPerSecond(int rate) {
    return new Link(latency, jitter, rate, slice, silence);
  }

  /** The same in pieces. */
  public Link withSlice(int bytes) {
    return new Link(latency, jitter, bytesPerSecond, bytes, silence);
  }

  /** The same, silent. */
  public Link withSilence(Silence ways) {
    return new Link(latency, jitter, bytesPerSecond, slice, ways);
  }

  long delayNanos(RandomGenerator random) {
    long most = jitter.toNanos();
    return latency.toNanos() + (most == 0 ? 0 : random.nextLong(most + 1));
  }

  /** How long {@code bytes} take at this rate. */
  long transmissionNanos(int bytes) {
    return bytesPerSecond == 0 ? 0 : bytes * 1_000_000_000L / bytesPerSecond;
  }

  /** The largest piece that is sent as one; a slow link trickles, twenty pieces a second. */
  int piece() {
    int trickle = bytesPerSecond == 0 ? Integer.MAX_VALUE : Math.max(1, bytesPerSecond / 20);
    return slice == 0 ? trickle : Math.min(slice, trickle);
  }
}
