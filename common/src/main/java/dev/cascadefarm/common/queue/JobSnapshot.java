package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stood at one moment. Times are milliseconds since the epoch by Redis' clock, 0 for
 * "not yet".
 *
 * @param queuePosition tasks ahead of this job's first ready task, counted in its own queue; absent
 *     unless the job is queued
 * @param warnings what stages remarked, for example words they do not know
 * @param error why the job failed; absent otherwise
 * @param tasks every task, in order of stage and image; empty in listings
 */
public record JobSnapshot(
    String id,
    String tenant,
    JobState state,
    int priority,
    JobSpec spec,
    JobPlan plan,
    long createdAt,
    long startedAt,
    long finishedAt,
    long lastEvent,
    @Nullable Long queuePosition,
    List<String> warnings,
    @Nullable String error,
    List<Task> tasks) {
  public JobSnapshot {
    warnings = List.copyOf(warnings);
    tasks = List.copyOf(tasks);
  }

  /**
   * A task of the job.
   *
   * @param progress last reported; absent before the first report
   * @param manifest store key of the committed manifest; absent until done
   */
  public record Task(
      TaskId id,
      TaskState state,
      int attempt,
      @Nullable Progress progress,
      @Nullable String worker,
      @Nullable String manifest,
      @Nullable String error) {}
}
