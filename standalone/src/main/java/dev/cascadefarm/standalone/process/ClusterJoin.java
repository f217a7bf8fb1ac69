package dev.cascadefarm.standalone.process;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Being taken into the cluster. Rarely, of several members that start at once, one asks on and on
 * and is never let in; one that begins anew, under another name, is. For the main thread only.
 */
final class ClusterJoin {
  /** After this the cluster gives an attempt up, by {@link IllegalStateException}. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  static final int ATTEMPTS = 4;

  private static final Logger log = LoggerFactory.getLogger(ClusterJoin.class);

  private ClusterJoin() {}

  /** The first attempt's result that is not given up; at the last one, its failure. */
  static <T> T insist(Supplier<T> attempt) {
    for (int left = ATTEMPTS - 1; left > 0; left--) {
      try {
        return attempt.get();
      } catch (IllegalStateException e) {
        log.warn("cluster: not let in ({}), begins anew; {} attempts left", e.getMessage(), left);
      }
    }
    return attempt.get();
  }
}
