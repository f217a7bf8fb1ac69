package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.store.CheckpointKey;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.worker.batch.TickReport;
import dev.cascadefarm.worker.checkpoint.CheckpointPolicy.Position;
import dev.cascadefarm.worker.lease.Lease;
import dev.cascadefarm.worker.transfer.TaskCheckpoints;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one attempt: the one it goes on from, and those it writes beside the batch,
 * one at a time. What goes wrong with writing costs nothing but the checkpoint. Confined to the
 * host's context.
 */
final class AttemptCheckpoints {
  private static final Logger log = LoggerFactory.getLogger(AttemptCheckpoints.class);

  private final HostServices services;
  private final Lease lease;
  private final LeasedTask task;
  private final Context context;
  private final String words;
  private @Nullable Checkpoint latest;
  private @Nullable CheckpointKey committed;
  private @Nullable CheckpointKey offered;
  private @Nullable Future<Void> writing;
  private Future<Void> refused = Future.succeededFuture();
  private long firstMoveNanos;
  private int firstMoveRow;
  private int lastRow;
  private int resumedRow;
  private boolean failing;
  private boolean over;

  /** Of an attempt that has not started. */
  AttemptCheckpoints(HostServices services, Attempt attempt) {
    this.services = services;
    this.lease = attempt.lease();
    this.task = lease.task();
    this.context = attempt.context();
    this.words = attempt.words();
  }

  /**
   * Fetches what the attempt is to go on from.
   *
   * @return empty if it has to start over
   */
  Future<Optional<Checkpoint>> fetch(BooleanSupplier wanted) {
    String key = task.checkpoint();
    if (key == null) {
      return Future.succeededFuture(Optional.empty());
    }
    committed = CheckpointKey.parse(task.tenant(), task.id(), key).orElse(null);
    return services
        .checkpoints()
        .fetch(task, key, wanted)
        .map(Optional::of)
        .recover(this::startOver);
  }

  private Future<Optional<Checkpoint>> startOver(Throwable error) {
    if (!(error instanceof CheckpointRefusedException)) {
      return Future.failedFuture(error);
    }
    refuse(error.getMessage());
    return Future.succeededFuture(Optional.empty());
  }

  /** The sample has begun from the checkpoint, or could not. */
  void resumed(TickReport.Resumed resumed) {
    if (resumed.refusal() != null) {
      refuse(resumed.refusal());
      return;
    }
    resumedRow = resumed.rows();
    lastRow = resumedRow;
    services.metrics().count("checkpoint.resumed");
    log.info("task resumed: {} row={}", words, resumedRow);
  }

  // The row is what the queue knows of it: it must not outlive what it stood for.
  private void refuse(String reason) {
    String key = task.checkpoint();
    committed = null;
    lastRow = 0;
    resumedRow = 0;
    services.metrics().count("checkpoint.refused");
    log.warn("checkpoint refused, task starts over: {} reason=\"{}\"", words, reason);
    if (key != null) {
      refused = lease.refuse(key, reason);
      services.keeper().renewPromptly();
    }
  }

  /**
   * Waits until the queue has heard of a checkpoint that was refused: the task's end would take the
   * word away.
   *
   * @return done when it has, or time is up; never fails
   */
  Future<Void> settled(Duration limit) {
    return refused.isComplete()
        ? Future.succeededFuture()
        : confined(refused.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)).otherwiseEmpty();
  }

  /** The sample has finished a row: writes it down if it is time. */
  void moved(TickReport.Advanced move) {
    latest = move.checkpoint();
    if (latest == null || writing != null || over) {
      return;
    }
    Progress progress = move.progress();
    Position at = new Position(progress.done(), progress.total(), lastRow);
    if (services.pace().due(at, rowSeconds(progress.done()))) {
      write(latest);
    }
  }

  /** From one row to the next, on average; the first of the attempt waits for others too. */
  private double rowSeconds(int done) {
    long now = System.nanoTime();
    if (firstMoveRow == 0) {
      firstMoveRow = done;
      firstMoveNanos = now;
    }
    return done == firstMoveRow ? 0 : (now - firstMoveNanos) / 1e9 / (done - firstMoveRow);
  }

  private Future<Void> write(Checkpoint checkpoint) {
    lastRow = checkpoint.row();
    long start = System.nanoTime();
    Future<Void> written =
        confined(services.checkpoints().store(task, checkpoint))
            .compose(stored -> commit(stored, start))
            .otherwise(this::notWritten);
    writing = written;
    return written.onComplete(done -> writing = null);
  }

  private Future<Void> commit(TaskCheckpoints.Stored stored, long startNanos) {
    long took = System.nanoTime() - startNanos;
    services.pace().written(Duration.ofNanos(took));
    if (over) {
      services.checkpoints().discard(stored.key());
      return Future.succeededFuture();
    }
    offered = stored.key();
    Future<Void> taken = lease.commit(stored.key().key());
    services.keeper().renewPromptly();
    return confined(taken).onSuccess(v -> committed(stored, took));
  }

  private void committed(TaskCheckpoints.Stored stored, long tookNanos) {
    CheckpointKey before = committed;
    committed = stored.key();
    failing = false;
    services.metrics().checkpoint(stored.bytes(), tookNanos);
    log.debug(
        "checkpoint written: {} row={} bytes={} ms={}",
        words,
        stored.key().row(),
        stored.bytes(),
        tookNanos / 1_000_000);
    if (before != null) {
      services.checkpoints().discard(before);
    }
  }

  // A store that is away would say so at every row, and an attempt that is over needs none.
  private Void notWritten(Throwable error) {
    if (over || lease.ended().isComplete()) {
      return null;
    }
    services.metrics().count("checkpoint.failed");
    if (failing) {
      log.debug("checkpoint not written: {} cause={}", words, error.toString());
    } else {
      log.warn("checkpoint not written: {} cause={}", words, error.toString());
    }
    failing = true;
    return null;
  }

  /**
   * Writes down the last finished row, if that is not done yet, for whoever takes the task next.
   *
   * @return done when the queue has taken it, or nothing is to be written, or time is up; never
   *     fails
   */
  Future<Void> part(Duration limit) {
    Future<Void> before = writing == null ? Future.succeededFuture() : writing;
    Future<Void> written = before.compose(v -> writeLast());
    return written.isComplete()
        ? written
        : confined(written.timeout(limit.toMillis(), TimeUnit.MILLISECONDS))
            .otherwise(this::notWritten);
  }

  private Future<Void> writeLast() {
    int known = committed == null ? 0 : committed.row();
    return services.pace().off() || latest == null || latest.row() <= known
        ? Future.succeededFuture()
        : write(latest);
  }

  /**
   * The sample failed. If it did since it went on from a checkpoint, that may be why, and the next
   * attempt starts over.
   */
  void distrust(String reason) {
    if (resumedRow > 0 && committed != null && committed.row() == resumedRow) {
      refuse("failed after row " + resumedRow + ": " + reason);
    }
  }

  /** Nothing is written any more. */
  void stop() {
    over = true;
  }

  /** The task is over: nobody needs its checkpoints. */
  void discard() {
    Stream.of(Optional.ofNullable(committed), Optional.ofNullable(offered))
        .flatMap(Optional::stream)
        .distinct()
        .forEach(services.checkpoints()::discard);
  }

  private <T> Future<T> confined(Future<T> work) {
    Promise<T> here = Promise.promise();
    work.onComplete(done -> context.runOnContext(v -> settle(here, done)));
    return here.future();
  }

  private static <T> void settle(Promise<T> promise, AsyncResult<T> done) {
    if (done.succeeded()) {
      promise.complete(done.result());
    } else {
      promise.fail(done.cause());
    }
  }
}
