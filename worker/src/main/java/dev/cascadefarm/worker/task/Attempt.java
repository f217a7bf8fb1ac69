package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.worker.lease.Lease;
import io.vertx.core.Context;

/**
 * One lease of one task, as a worker holds it.
 *
 * @param context of the host; confines all that is done for it
 * @param worker the worker's id
 * @param sentNanos when the claim was sent, by {@link System#nanoTime}
 * @param answeredNanos when it was answered
 */
record Attempt(Context context, String worker, Lease lease, long sentNanos, long answeredNanos) {
  /** Names the attempt in the log. */
  String words() {
    TaskId id = lease.task().id();
    return "job=%s stage=%s image=%s attempt=%d worker=%s"
        .formatted(id.job(), id.stage(), id.imageName(), lease.task().attempt(), worker);
  }
}
