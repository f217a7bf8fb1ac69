package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker of one stage without a model: claims as many tasks as it has slots, renews their leases
 * once, completes each. Hints wake it; it asks for nothing without one. All of it belongs to one
 * context.
 */
final class CycleWorker {
  private static final int SLOTS = 64;

  private final TaskQueue queue;
  private final Workload workload;
  private final int stage;
  private final String name;
  private final BitSet done = new BitSet();
  private int requests;
  private int left;
  private boolean busy;
  private boolean woken;
  private @Nullable Promise<Void> round;

  CycleWorker(TaskQueue queue, Workload workload, int stage) {
    this.queue = queue;
    this.workload = workload;
    this.stage = stage;
    this.name = "worker-" + workload.word() + "-" + stage;
  }

  /** The numbers of the jobs whose task of this stage is complete. */
  BitSet done() {
    return done;
  }

  /** Sees so many tasks through. */
  Future<Void> work(int tasks) {
    Promise<Void> promise = Promise.promise();
    round = promise;
    left = tasks;
    wake();
    return promise.future();
  }

  /** Hears that there may be tasks. */
  void wake() {
    if (busy) {
      woken = true;
    } else if (left > 0) {
      busy = true;
      woken = false;
      turn().onComplete(this::turned, this::failed);
    }
  }

  private Future<Integer> turn() {
    Claim claim =
        new Claim(
            name,
            name + "-" + requests++,
            workload.bundle(stage),
            workload.digest(stage),
            Math.min(left, SLOTS));
    return queue
        .claim(claim)
        .compose(result -> renewed(result.tasks()))
        .compose(tasks -> completed(tasks));
  }

  private void turned(int count) {
    busy = false;
    left -= count;
    if (left == 0) {
      end().complete();
    } else if (count > 0 || woken) {
      wake();
    }
  }

  private void failed(Throwable cause) {
    end().fail(cause);
  }

  private Promise<Void> end() {
    Promise<Void> ended = round;
    if (ended == null) {
      throw new IllegalStateException(name + ": works outside a round");
    }
    return ended;
  }

  private Future<List<LeasedTask>> renewed(List<LeasedTask> tasks) {
    List<Renewal> renewals =
        tasks.stream().map(task -> new Renewal(task.id(), task.nonce(), null)).toList();
    return queue
        .renew(name, renewals)
        .compose(
            answers ->
                answers.values().stream().allMatch(answer -> answer == Renewal.Answer.OK)
                    ? Future.succeededFuture(tasks)
                    : Future.failedFuture(answers + " (expected: OK)"));
  }

  private Future<Integer> completed(List<LeasedTask> tasks) {
    List<Completion> completions = tasks.stream().map(this::completion).toList();
    return queue
        .complete(completions)
        .map(
            results -> {
              for (int i = 0; i < tasks.size(); i++) {
                note(tasks.get(i), results.get(i));
              }
              return tasks.size();
            });
  }

  private Completion completion(LeasedTask task) {
    return new Completion(task.id(), name, task.nonce(), manifest(task), 1, List.of());
  }

  private static String manifest(LeasedTask task) {
    return "default/%s/%s/job/%d-%s/manifest.json"
        .formatted(task.id().job(), task.id().stage(), task.attempt(), task.nonce());
  }

  private void note(LeasedTask task, ReportResult result) {
    int job = QueueCycles.number(task.id().job());
    if (result != ReportResult.OK || done.get(job)) {
      throw new IllegalStateException(task.id() + ": " + result + " (expected: OK, once)");
    }
    done.set(job);
  }
}
