package dev.cascadefarm.common.queue;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The one event envelope of the farm. State events carry a sequence, gap-free per job; progress and
 * previews carry none.
 *
 * @param v version of the envelope
 * @param seq 1-based position in the job's event log; absent for what is not in the log
 * @param type for example {@code task.completed}
 * @param at milliseconds since the epoch
 * @param data what else the type has to say; an object
 */
public record JobEvent(
    int v,
    @Nullable Long seq,
    String type,
    long at,
    String job,
    @Nullable String stage,
    @Nullable Integer image,
    @Nullable Integer attempt,
    @Nullable JsonNode data) {
  /** The version this code writes. */
  public static final int VERSION = 1;

  public static final String JOB_QUEUED = "job.queued";
  public static final String JOB_RUNNING = "job.running";
  public static final String JOB_WARNING = "job.warning";
  public static final String JOB_CANCELLING = "job.cancelling";
  public static final String JOB_SUCCEEDED = "job.succeeded";
  public static final String JOB_FAILED = "job.failed";
  public static final String JOB_CANCELLED = "job.cancelled";
  public static final String JOB_REDRIVEN = "job.redriven";

  /** In place of events that are not kept any more; numbered as the last of them. */
  public static final String JOB_SNAPSHOT = "job.snapshot";

  public static final String TASK_STARTED = "task.started";
  public static final String TASK_COMPLETED = "task.completed";
  public static final String TASK_RETRIED = "task.retried";
  public static final String TASK_RESTARTED = "task.restarted";
  public static final String TASK_DEAD = "task.dead";
  public static final String IMAGE_COMPLETED = "image.completed";
  public static final String TASK_PROGRESS = "task.progress";
  public static final String TASK_PREVIEW = "task.preview";
}
