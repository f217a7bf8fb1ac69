package dev.cascadefarm.standalone.progress;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.JobEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the progress of a job's tasks, stage by stage, from its events. Progress events may be
 * missing or late: a completed task counts in full. Used by one thread at a time.
 */
public final class StageProgress {
  private static final Set<String> ABOUT_STEPS =
      Set.of(
          JobEvent.TASK_STARTED,
          JobEvent.TASK_RESTARTED,
          JobEvent.TASK_PROGRESS,
          JobEvent.TASK_COMPLETED);

  private final ProgressDisplay display;
  private final Map<String, StageSize> sizes;
  private final Map<String, Map<Integer, Progress>> stages = new HashMap<>();

  /** For a job whose stages have these sizes. */
  public StageProgress(ProgressDisplay display, Map<String, StageSize> sizes) {
    this.display = display;
    this.sizes = Map.copyOf(sizes);
  }

  /** Takes one event; those that say nothing about steps are ignored. */
  public void accept(JobEvent event) {
    String stage = event.stage();
    if (stage == null || !ABOUT_STEPS.contains(event.type())) {
      return;
    }
    Map<Integer, Progress> tasks = stages.computeIfAbsent(stage, name -> new HashMap<>());
    StageSize size = sizes.getOrDefault(stage, new StageSize(1, 1));
    int image = Objects.requireNonNullElse(event.image(), TaskId.WHOLE_JOB);
    tasks.put(image, after(event, tasks.getOrDefault(image, new Progress(0, size.steps()))));
    show(stage, size, tasks);
  }

  private void show(String stage, StageSize size, Map<Integer, Progress> tasks) {
    long unseen = Math.max(0, size.tasks() - tasks.size());
    long total = unseen * size.steps();
    long done = 0;
    for (Progress task : tasks.values()) {
      total += task.total();
      done += task.done();
    }
    display.show(stage, done, total);
  }

  private static Progress after(JobEvent event, Progress before) {
    return switch (event.type()) {
      case JobEvent.TASK_PROGRESS -> reported(event.data());
      case JobEvent.TASK_COMPLETED -> new Progress(before.total(), before.total());
      case JobEvent.TASK_STARTED -> begun(event.data(), before.total());
      default -> new Progress(0, before.total());
    };
  }

  /** At its checkpoint, if it has one. */
  private static Progress begun(@Nullable JsonNode data, int total) {
    int row = data == null ? 0 : data.path("row").asInt();
    return new Progress(Math.max(0, Math.min(row, total)), total);
  }

  private static Progress reported(@Nullable JsonNode data) {
    int total = Math.max(1, data == null ? 1 : data.path("total").asInt(1));
    int done = data == null ? 0 : data.path("done").asInt();
    return new Progress(Math.max(0, Math.min(done, total)), total);
  }
}
