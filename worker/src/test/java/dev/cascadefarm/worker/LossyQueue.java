package dev.cascadefarm.worker;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The real queue behind a network that loses answers: a call whose answer is to be lost reaches the
 * queue, takes effect, and then fails.
 */
final class LossyQueue implements TaskQueue {
  final AtomicInteger claimAnswersToLose = new AtomicInteger();
  final AtomicInteger completeAnswersToLose = new AtomicInteger();
  final AtomicInteger renewAnswersToLose = new AtomicInteger();
  final AtomicInteger completions = new AtomicInteger();
  private final TaskQueue queue;

  LossyQueue(TaskQueue queue) {
    this.queue = queue;
  }

  @Override
  public Future<ClaimResult> claim(Claim claim) {
    return queue
        .claim(claim)
        .compose(answer -> keepOrLose(answer, claimAnswersToLose, !answer.tasks().isEmpty()));
  }

  @Override
  public Future<ReportResult> complete(Completion completion) {
    completions.incrementAndGet();
    return queue
        .complete(completion)
        .compose(answer -> keepOrLose(answer, completeAnswersToLose, true));
  }

  @Override
  public Future<Map<TaskId, Renewal.Answer>> renew(String worker, List<Renewal> renewals) {
    return queue
        .renew(worker, renewals)
        .compose(answer -> keepOrLose(answer, renewAnswersToLose, true));
  }

  private static <T> Future<T> keepOrLose(T answer, AtomicInteger toLose, boolean worthLosing) {
    boolean lost = worthLosing && toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    return lost
        ? Future.failedFuture(
            new QueueUnavailableException("the answer was lost", new AssertionError(answer)))
        : Future.succeededFuture(answer);
  }

  @Override
  public Future<ReportResult> fail(Failure failure) {
    return queue.fail(failure);
  }

  @Override
  public Future<Void> heartbeat(WorkerSnapshot worker) {
    return queue.heartbeat(worker);
  }

  @Override
  public Future<Void> goodbye(String worker) {
    return queue.goodbye(worker);
  }

  @Override
  public Future<@Nullable String> registeredDigest(BundleId bundle) {
    return queue.registeredDigest(bundle);
  }

  @Override
  public Future<Void> ready() {
    return queue.ready();
  }
}
