package dev.cascadefarm.coordinator.events;

import java.time.Duration;

/**
 * Bounds of event streams.
 *
 * @param streams open at once in one coordinator
 * @param poll how often a feed looks at the log without a hint
 * @param ping how long a stream may be silent
 * @param drain how long a reader may leave its stream full
 * @param page events read at once
 */
public record FeedLimits(int streams, Duration poll, Duration ping, Duration drain, int page) {
  public FeedLimits {
    if (streams < 1 || page < 1) {
      throw new IllegalArgumentException(
          "streams, page: " + streams + ", " + page + " (expected: >= 1)");
    }
  }

  /** 1000 streams, a look every 2 s, a ping every 20 s, 30 s of patience. */
  public static FeedLimits defaults() {
    return new FeedLimits(
        1000, Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(30), 100);
  }
}
