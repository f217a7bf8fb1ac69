package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskState;
import java.util.Comparator;
import java.util.List;

/** A worker that leaves. */
record Goodbye(int worker) implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    String name = Names.WORKERS.get(worker);
    List<ModelTask> held =
        model
            .tasks(TaskState.LEASED)
            .filter(task -> name.equals(task.worker))
            .sorted(
                Comparator.<ModelTask>comparingLong(task -> task.claimed)
                    .thenComparing(task -> task.id.toString()))
            .toList();
    for (ModelTask task : held) {
      if (task.job.live()) {
        model.retryNow(task, "released", "its worker left");
      } else {
        model.drop(task);
      }
    }
    model.workers.remove(name);
    trial.expectInTurn("goodbye of " + name, "nothing", () -> trial.queue.tasks().goodbye(name));
  }
}
