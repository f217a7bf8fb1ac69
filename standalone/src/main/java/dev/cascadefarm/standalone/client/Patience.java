package dev.cascadefarm.standalone.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a client goes on asking.
 *
 * @param request deadline of one request
 * @param total how long nobody may answer before the client gives up
 * @param pause between two rounds over all coordinators, at first
 */
public record Patience(Duration request, Duration total, Duration pause) {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** For people at a terminal. */
  public static final Patience DEFAULT =
      new Patience(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofMillis(200));

  /** Milliseconds to wait before an attempt: nothing inside a round, then growing, with jitter. */
  long pauseMillis(int attempt, int servers) {
    if (attempt % servers != 0) {
      return 1;
    }
    int round = Math.min(attempt / servers, 10);
    long longest = Math.min(pause.toMillis() << round, LONGEST_PAUSE.toMillis());
    return 1 + ThreadLocalRandom.current().nextLong(longest / 2, longest);
  }
}
