package dev.cascadefarm.coordinator.chores;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something done at jittered intervals, one round at a time, whatever becomes of a round. Used on
 * one event loop only.
 */
final class Chore {
  private static final Logger log = LoggerFactory.getLogger(Chore.class);
  private static final double JITTER = 0.25;

  private final Vertx vertx;
  private final String name;
  private final Duration interval;
  private final RandomGenerator random;
  private final Supplier<? extends Future<?>> round;
  private boolean stopped;

  /**
   * A chore that has not begun.
   *
   * @param name for the log
   * @param interval mean time from the end of one round to the next
   */
  Chore(
      Vertx vertx,
      String name,
      Duration interval,
      RandomGenerator random,
      Supplier<? extends Future<?>> round) {
    this.vertx = vertx;
    this.name = name;
    this.interval = interval;
    this.random = random;
    this.round = round;
  }

  /** Begins; the first round comes after one interval. */
  void start() {
    if (!stopped) {
      vertx.setTimer(delayMillis(), timer -> next());
    }
  }

  /** Ends; a round under way is not waited for. */
  void stop() {
    stopped = true;
  }

  private void next() {
    if (stopped) {
      return;
    }
    try {
      round.get().onComplete(done -> start(), this::failed);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void failed(Throwable failure) {
    log.debug("{}: not done this time", name, failure);
    start();
  }

  private long delayMillis() {
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Math.max(1, Math.round(interval.toMillis() * factor));
  }
}
