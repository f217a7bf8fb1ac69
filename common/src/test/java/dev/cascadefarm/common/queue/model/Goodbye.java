package dev.cascadefarm.common.queue.model;

import java.util.List;

/** A worker that leaves. */
record Goodbye(int worker) implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    String name = Names.WORKERS.get(worker);
    List<ModelTask> held = model.heldBy(name);
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
