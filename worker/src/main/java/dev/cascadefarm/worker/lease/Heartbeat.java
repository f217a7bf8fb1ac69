package dev.cascadefarm.worker.lease;

import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the queue each second that the worker lives and what it is; one call at a time. */
public final class Heartbeat extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final TaskQueue queue;
  private final Supplier<WorkerSnapshot> self;
  private boolean beating;
  private boolean silent;

  /**
   * A heartbeat that is still.
   *
   * @param self describes the worker now; thread-safe
   */
  public Heartbeat(TaskQueue queue, Supplier<WorkerSnapshot> self) {
    this.queue = queue;
    this.self = self;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(INTERVAL.toMillis(), id -> beat());
    beat();
    return Future.succeededFuture();
  }

  private void beat() {
    if (!beating) {
      beating = true;
      send().onComplete(done -> context.runOnContext(v -> beaten(done.succeeded())));
    }
  }

  private Future<Void> send() {
    return queue.heartbeat(self.get()).timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beaten(boolean heard) {
    beating = false;
    if (heard == silent) {
      silent = !heard;
      log.warn("heartbeat {}: worker={}", heard ? "heard again" : "not heard", self.get().id());
    }
  }
}
