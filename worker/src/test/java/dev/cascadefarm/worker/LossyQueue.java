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
  private volatile boolean cut;

  LossyQueue(TaskQueue queue) {
    this.queue = queue;
  }

  /** From now on nothing reaches the queue. */
  void cut() {
    cut = true;
  }

  /** Everything reaches it again. */
  void mend() {
    cut = false;
  }

  private TaskQueue line() {
    if (cut) {
      throw new QueueUnavailableException("the line is cut", new AssertionError());
    }
    return queue;
  }

  @Override
  public Future<ClaimResult> claim(Claim claim) {
    return line()
        .claim(claim)
        .compose(answer -> keepOrLose(answer, claimAnswersToLose, !answer.tasks().isEmpty()));
  }

  @Override
  public Future<List<ReportResult>> complete(List<Completion> reported) {
    completions.addAndGet(reported.size());
    return line()
        .complete(reported)
        .compose(answer -> keepOrLose(answer, completeAnswersToLose, true));
  }

  @Override
  public Future<Map<TaskId, Renewal.Answer>> renew(String worker, List<Renewal> renewals) {
    return line()
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
    return line().fail(failure);
  }

  @Override
  public Future<Void> heartbeat(WorkerSnapshot worker) {
    return line().heartbeat(worker);
  }

  @Override
  public Future<Void> goodbye(String worker) {
    return line().goodbye(worker);
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
