package dev.cascadefarm.standalone.progress;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.JobEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the progress of a job's tasks, stage by stage, from its events. Progress events may be
 * missing or late: a completed task counts in full. Used by one thread at a time.
 */
public final class StageProgress {
  private final ProgressDisplay display;
  private final Map<String, Integer> tasks;
  private final Map<String, Map<Integer, Progress>> stages = new HashMap<>();

  /**
   * @param tasks number of tasks of each stage
   */
  public StageProgress(ProgressDisplay display, Map<String, Integer> tasks) {
    this.display = display;
    this.tasks = Map.copyOf(tasks);
  }

  /** Takes one event; those that say nothing about steps are ignored. */
  public void accept(JobEvent event) {
    if (event.stage() == null) {
      return;
    }
    int image = Objects.requireNonNullElse(event.image(), TaskId.WHOLE_JOB);
    Map<Integer, Progress> stage = stages.computeIfAbsent(event.stage(), name -> new HashMap<>());
    Progress before = stage.get(image);
    switch (event.type()) {
      case JobEvent.TASK_STARTED, JobEvent.TASK_RETRIED -> stage.put(image, started(before));
      case JobEvent.TASK_PROGRESS -> stage.put(image, progress(event.data()));
      case JobEvent.TASK_COMPLETED -> stage.put(image, completed(before));
      default -> {
        return;
      }
    }
    show(event.stage(), stage);
  }

  private void show(String name, Map<Integer, Progress> stage) {
    int rows = stage.values().stream().mapToInt(Progress::total).max().orElse(1);
    int known = stage.size();
    long unknown = Math.max(0, tasks.getOrDefault(name, known) - known);
    long done = stage.values().stream().mapToLong(Progress::done).sum();
    long total = stage.values().stream().mapToLong(each -> rows).sum() + unknown * rows;
    display.show(name, Math.min(done, total), total);
  }

  private static Progress started(@Nullable Progress before) {
    return before == null ? new Progress(0, 1) : new Progress(0, before.total());
  }

  private static Progress completed(@Nullable Progress before) {
    return before == null ? new Progress(1, 1) : new Progress(before.total(), before.total());
  }

  private static Progress progress(@Nullable JsonNode data) {
    int total = Math.max(1, data == null ? 1 : data.path("total").asInt(1));
    int done = data == null ? 0 : data.path("done").asInt();
    return new Progress(Math.max(0, Math.min(done, total)), total);
  }
}
