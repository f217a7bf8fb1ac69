package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.WorkerSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The workers of which something was heard lately. */
record ReadWorkers() implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    long since = model.now - model.config.limits().workerSilence().toMillis();
    List<WorkerSnapshot> expected = new ArrayList<>();
    model.workers.values().stream()
        .filter(worker -> worker.heard >= since)
        .sorted(
            Comparator.<ModelWorker>comparingLong(worker -> worker.heard)
                .thenComparing(worker -> worker.id))
        .forEach(
            worker -> {
              WorkerSnapshot info = worker.info;
              if (info != null) {
                expected.add(at(info, worker.seen));
              }
            });
    trial.expectRead("list workers", expected, () -> trial.queue.jobs().workers());
  }

  private static WorkerSnapshot at(WorkerSnapshot info, long seen) {
    return new WorkerSnapshot(
        info.id(),
        info.bundle(),
        info.host(),
        info.pid(),
        info.device(),
        info.slots(),
        info.busy(),
        info.secondsPerTask(),
        seen);
  }
}
