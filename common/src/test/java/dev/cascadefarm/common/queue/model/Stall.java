package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskState;
import java.time.Duration;

/** What becomes of a task whose worker is gone. */
final class Stall {
  private static final long WINDOW_MS = Duration.ofDays(3).toMillis();

  private Stall() {}

  static TaskState of(Model model, ModelTask task) {
    if (!task.job.live()) {
      model.drop(task);
      return task.state;
    }
    String reason;
    if (task.started) {
      boolean first = task.stalls == 0 || model.now - task.firstStall > WINDOW_MS;
      task.stalls = first ? 1 : task.stalls + 1;
      task.firstStall = first ? model.now : task.firstStall;
      task.avoidWorker();
      reason = "its worker stopped reporting";
    } else {
      task.lost++;
      reason = "it was leased but never started";
    }
    boolean poison =
        task.stalls >= model.config.retries().maxStalls()
            || task.lost >= model.config.retries().maxLost();
    if (poison) {
      model.die(task, "stalled", reason);
    } else {
      model.retryNow(task, "stalled", reason);
    }
    return task.state;
  }
}
