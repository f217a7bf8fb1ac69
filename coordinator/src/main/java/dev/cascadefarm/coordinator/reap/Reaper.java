package dev.cascadefarm.coordinator.reap;

import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.ReapResult;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for lost leases at jittered intervals, one look at a time. Used on one event loop only; any
 * number of coordinators may do the same.
 */
public final class Reaper {
  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final double JITTER = 0.25;

  private final Vertx vertx;
  private final JobQueue queue;
  private final Duration interval;
  private final RandomGenerator random;
  private boolean stopped;

  public Reaper(Vertx vertx, JobQueue queue, Duration interval, RandomGenerator random) {
    this.vertx = vertx;
    this.queue = queue;
    this.interval = interval;
    this.random = random;
  }

  /** Begins; the first look comes after one interval. */
  public void start() {
    if (!stopped) {
      vertx.setTimer(delayMillis(), timer -> reap());
    }
  }

  /** Ends; a look under way is not waited for. */
  public void stop() {
    stopped = true;
  }

  private void reap() {
    if (stopped) {
      return;
    }
    try {
      queue.reap().onComplete(this::reaped, this::failed);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void reaped(ReapResult result) {
    if (result.readied() > 0 || result.dead() > 0) {
      log.warn("lost leases: {} tasks ready again, {} dead", result.readied(), result.dead());
    }
    start();
  }

  private void failed(Throwable failure) {
    log.debug("not reaped this time", failure);
    start();
  }

  private long delayMillis() {
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Math.max(1, Math.round(interval.toMillis() * factor));
  }
}
