package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import java.time.Duration;
import java.util.Map;

/**
 * A worker that says it lives.
 *
 * @param quarters seconds of a task; 0 before its first
 */
record Heartbeat(int worker, int bundle, int busy, int quarters) implements Command {
  private static final long FORGET_MS = Duration.ofHours(1).toMillis();

  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    WorkerSnapshot info =
        new WorkerSnapshot(
            Names.WORKERS.get(worker),
            Names.BUNDLES.get(bundle),
            "host",
            7,
            "cpu",
            4,
            busy,
            quarters == 0 ? null : quarters / 4.0,
            0);
    ModelBundle queue = model.queue(info.bundle().toString());
    if (info.secondsPerTask() != null) {
      queue.secondsPerTask = info.secondsPerTask();
    }
    Map<String, Long> serving = queue.serving;
    serving.put(info.id(), model.now);
    serving.values().removeIf(heard -> model.now - heard > FORGET_MS);
    ModelWorker known = model.workers.computeIfAbsent(info.id(), ModelWorker::new);
    known.info = info;
    known.seen = model.now;
    known.heard = model.now;
    model.workers.values().removeIf(other -> forgotten(model, other));
    trial.expect("heartbeat of " + info.id(), "nothing", () -> trial.queue.tasks().heartbeat(info));
  }

  private static boolean forgotten(Model model, ModelWorker worker) {
    return model.now - worker.heard > FORGET_MS
        && model.tasks(TaskState.LEASED).noneMatch(task -> worker.id.equals(task.worker));
  }
}
