package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.worker.batch.TickReport;
import dev.cascadefarm.worker.lease.Lease;
import dev.cascadefarm.worker.live.TaskChannel;
import dev.cascadefarm.worker.metrics.TaskTrace;
import dev.cascadefarm.worker.transfer.Published;
import dev.cascadefarm.worker.transfer.TransferException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at one task: fetch, render, publish, commit; or give back with a reason. The attempt
 * stops early when its lease ends or the worker leaves, except while it commits: then the queue
 * decides. Confined to the host's context.
 */
final class TaskRun implements Renders.Listener {
  private static final Logger log = LoggerFactory.getLogger(TaskRun.class);

  /** For the queue to hear that a checkpoint was refused. */
  private static final Duration HEARING = Duration.ofSeconds(5);

  private final HostServices services;
  private final Renders renders;
  private final Reporter reporter;
  private final Attempt attempt;
  private final Lease lease;
  private final LeasedTask task;
  private final TaskChannel channel;
  private final AttemptCheckpoints checkpoints;
  private final Promise<Void> stop = Promise.promise();
  private Renders.@Nullable Rendering rendering;
  private long inputsReadyNanos;
  private boolean publishing;

  /** An attempt that has not started. */
  TaskRun(HostServices services, Renders renders, Reporter reporter, Attempt attempt) {
    this.services = services;
    this.renders = renders;
    this.reporter = reporter;
    this.attempt = attempt;
    this.lease = attempt.lease();
    this.task = lease.task();
    this.channel = services.live().open(task);
    this.checkpoints = new AttemptCheckpoints(services, attempt);
  }

  /**
   * Runs the attempt to its end; never fails.
   *
   * @param leftSlot called once the slot is free, before the outputs are stored
   */
  Future<Void> run(Runnable leftSlot) {
    said("task claimed", "");
    lease.ended().onSuccess(answer -> stop.tryFail(TaskStopException.leaseEnded(answer)));
    Context context = attempt.context();
    return Future.fromCompletionStage(CompletableFuture.<Void>completedFuture(null), context)
        .compose(v -> whileHeld(fetch()))
        .compose(this::render)
        .eventually(() -> leaveSlot(leftSlot))
        .compose(this::publish)
        .recover(this::giveBack)
        .eventually(this::end);
  }

  /**
   * Gives the task back unless its outputs are already on their way. A sample in the batch stops at
   * once and is written down first.
   *
   * @param limit for writing it down
   */
  void release(Duration limit) {
    if (publishing || !going()) {
      return;
    }
    if (rendering != null) {
      renders.drop(rendering);
    }
    checkpoints.part(limit).onComplete(done -> stop.tryFail(TaskStopException.released()));
  }

  private Future<Start> fetch() {
    Future<Optional<Checkpoint>> from = checkpoints.fetch(this::going);
    return services
        .inputs()
        .fetch(task, this::going)
        .compose(request -> from.map(found -> new Start(request, found.orElse(null))));
  }

  /** What a sample is begun with. */
  private record Start(SampleRequest request, @Nullable Checkpoint from) {}

  private Future<TickReport.Finished> render(Start start) {
    inputsReadyNanos = System.nanoTime();
    rendering = renders.render(start.request, start.from, this);
    return whileHeld(rendering.done());
  }

  @Override
  public void resumed(TickReport.Resumed resumed) {
    checkpoints.resumed(resumed);
  }

  @Override
  public void moved(TickReport.Advanced move) {
    lease.progress(move.progress());
    channel.progress(move.progress());
    if (move.preview() != null) {
      channel.preview(move.preview(), move.progress());
    }
    checkpoints.moved(move);
  }

  private Future<Void> leaveSlot(Runnable leftSlot) {
    channel.close();
    checkpoints.stop();
    if (rendering != null) {
      renders.drop(rendering);
    }
    leftSlot.run();
    return Future.succeededFuture();
  }

  private Future<Void> publish(TickReport.Finished finished) {
    publishing = true;
    return whileHeld(services.outputs().publish(task, finished.outputs(), this::going))
        .compose(published -> commit(finished, published));
  }

  private Future<Void> commit(TickReport.Finished finished, Published published) {
    Completion completion =
        new Completion(
            task.id(),
            attempt.worker(),
            task.nonce(),
            published.manifest(),
            finished.rows().count(),
            finished.warnings());
    return checkpoints
        .settled(HEARING)
        .compose(v -> reporter.complete(completion))
        .compose(result -> committed(result, finished.rows(), published));
  }

  private Future<Void> committed(ReportResult result, TickReport.Rows rows, Published published) {
    switch (result) {
      case OK, ALREADY -> {
        services.metrics().completed(trace(rows, published));
        checkpoints.discard();
        ended("completed", " rows=" + rows.count());
      }
      case STALE -> ended("stale", "");
      case CANCELLED -> {
        return Future.failedFuture(
            TaskStopException.failed(Failure.Kind.CANCELLED, "the job is being cancelled"));
      }
    }
    return Future.succeededFuture();
  }

  private TaskTrace trace(TickReport.Rows rows, Published published) {
    return new TaskTrace(
        task.id(),
        rows.count(),
        attempt.sentNanos(),
        attempt.answeredNanos(),
        inputsReadyNanos,
        rows.first(),
        rows.last(),
        published.encodedNanos(),
        published.uploadedNanos(),
        System.nanoTime());
  }

  private Future<Void> giveBack(Throwable cause) {
    TaskStopException stopped = classify(cause);
    if (stopped.kind().isEmpty()) {
      ended("lost", reasonOf(stopped));
      return Future.succeededFuture();
    }
    Failure.Kind kind = stopped.kind().get();
    Failure failure =
        new Failure(task.id(), attempt.worker(), task.nonce(), kind, stopped.getMessage());
    if (kind == Failure.Kind.TASK && !lease.ended().isComplete()) {
      checkpoints.distrust(failure.reason());
    }
    return checkpoints
        .settled(HEARING)
        .compose(v -> reporter.fail(failure))
        .onSuccess(result -> gaveBack(kind, stopped))
        .recover(this::unreported)
        .mapEmpty();
  }

  private void gaveBack(Failure.Kind kind, TaskStopException stopped) {
    if (kind == Failure.Kind.CANCELLED) {
      checkpoints.discard();
    }
    ended(kind.name().toLowerCase(Locale.ROOT), reasonOf(stopped));
  }

  private static TaskStopException classify(Throwable cause) {
    if (cause instanceof TaskStopException stopped) {
      return stopped;
    }
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (cause instanceof TransferException) {
      return TaskStopException.failed(Failure.Kind.INFRASTRUCTURE, reason);
    }
    boolean hopeless = cause instanceof InvalidSampleException;
    return TaskStopException.failed(hopeless ? Failure.Kind.PERMANENT : Failure.Kind.TASK, reason);
  }

  // The lease runs out by itself then and the queue hands the task on.
  private Future<ReportResult> unreported(Throwable error) {
    ended("unreported", " reason=" + error);
    return Future.succeededFuture(ReportResult.STALE);
  }

  private Future<Void> end() {
    services.keeper().release(lease);
    return Future.succeededFuture();
  }

  private boolean going() {
    return !stop.future().isComplete();
  }

  /** The same work, but failed as soon as the attempt has to stop. */
  private <T> Future<T> whileHeld(Future<T> work) {
    Promise<T> first = Promise.promise();
    work.onComplete(done -> settle(first, done));
    stop.future().onFailure(first::tryFail);
    return first.future();
  }

  private static <T> void settle(Promise<T> first, AsyncResult<T> done) {
    if (done.succeeded()) {
      first.tryComplete(done.result());
    } else {
      first.tryFail(done.cause());
    }
  }

  private static String reasonOf(TaskStopException stopped) {
    return " reason=\"" + stopped.getMessage() + "\"";
  }

  private void ended(String outcome, String more) {
    services.metrics().taskEnded(outcome);
    said("task " + outcome, more);
  }

  private void said(String what, String more) {
    log.info("{}: {}{}", what, attempt.words(), more);
  }
}
