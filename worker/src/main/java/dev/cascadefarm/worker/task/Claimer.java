package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Retry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the queue for tasks: when woken by a hint or a freed slot, and by itself at least once a
 * second. One claim is in flight at a time; one without an answer is repeated under its own request
 * id until it has one, so its tasks are never lost. Confined to the host's context.
 */
final class Claimer {
  private static final Logger log = LoggerFactory.getLogger(Claimer.class);
  private static final Duration LONGEST_POLL = Duration.ofSeconds(1);
  private static final Duration REFUSED_POLL = Duration.ofSeconds(10);

  private final WorkerIdentity self;
  private final TaskQueue queue;
  private final Context context;
  private final Retry retry;
  private final RandomGenerator random;
  private final WorkerMetrics metrics;
  private final Desk desk;
  private long timer = -1;
  private boolean claiming;
  private boolean again;
  private boolean closed;

  Claimer(Desk desk, WorkerIdentity self, HostServices services, Context context) {
    this.desk = desk;
    this.self = self;
    this.queue = services.queue();
    this.retry = services.claimRetry();
    this.random = services.random();
    this.metrics = services.metrics();
    this.context = context;
  }

  /** Whom a claimer works for. */
  interface Desk {
    /** How many tasks may be taken on now. */
    int free();

    /**
     * Takes tasks on.
     *
     * @param sentNanos when the claim was first sent
     */
    void accept(ClaimResult result, long sentNanos);
  }

  /** Claims now if there is room; if a claim is under way, once more after it. */
  void wake() {
    if (claiming) {
      again = true;
    } else {
      claim();
    }
  }

  /** Claims nothing more; an answer on its way is still taken on. */
  void close() {
    closed = true;
    disarm();
  }

  private void claim() {
    disarm();
    int count = closed ? 0 : desk.free();
    if (count == 0) {
      return;
    }
    claiming = true;
    again = false;
    long sent = System.nanoTime();
    Claim claim =
        new Claim(self.id(), UUID.randomUUID().toString(), self.bundle(), self.digest(), count);
    retry
        .run(() -> queue.claim(claim), this::mayPass)
        .onComplete(answer -> context.runOnContext(v -> answered(answer, count, sent)));
  }

  private boolean mayPass(Throwable error) {
    metrics.count("claim.repeated");
    log.warn("claim repeated: worker={} cause={}", self.id(), error.toString());
    return !closed;
  }

  private void answered(AsyncResult<ClaimResult> answer, int count, long sent) {
    claiming = false;
    if (answer.failed()) {
      log.warn("claim given up: worker={}", self.id(), answer.cause());
      arm(pollDelay(LONGEST_POLL));
    } else if (answer.result().outcome() != ClaimResult.Outcome.OK) {
      refused(answer.result().outcome());
    } else {
      taken(answer.result(), count, sent);
    }
  }

  private void refused(ClaimResult.Outcome outcome) {
    metrics.count("claim.refused");
    log.error(
        "claim refused: {} worker={} bundle={} digest={}",
        outcome,
        self.id(),
        self.bundle(),
        self.digest());
    arm(pollDelay(REFUSED_POLL));
  }

  private void taken(ClaimResult result, int count, long sent) {
    int tasks = result.tasks().size();
    metrics.claim(tasks, System.nanoTime() - sent);
    if (tasks > 0) {
      desk.accept(result, sent);
    }
    if (again || tasks == count) {
      claim();
    } else {
      arm(pollDelay(LONGEST_POLL));
    }
  }

  // Jitter keeps workers that started together from asking together.
  private long pollDelay(Duration longest) {
    long millis = longest.toMillis();
    return random.nextLong(millis / 2, millis + 1);
  }

  private void arm(long delayMillis) {
    disarm();
    if (!closed) {
      timer = context.owner().setTimer(delayMillis, id -> claim());
    }
  }

  private void disarm() {
    if (timer != -1) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
  }
}
