package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.ReapResult;
import java.util.Comparator;
import java.util.List;

/** A pass of the reaper: one step of the oldest removal, then leases that ended long ago. */
record Reap() implements Command {
  @Override
  public void run(Trial trial) {
    trial.expectInTurn("reap", answer(trial.model), () -> trial.queue.jobs().reap());
  }

  private static ReapResult answer(Model model) {
    model.jobs.values().stream()
        .filter(job -> job.sweepFrom >= 0)
        .min(Comparator.<ModelJob>comparingLong(job -> job.sweepAsked).thenComparing(ModelJob::id))
        .ifPresent(model::sweep);
    int again = 0;
    int dead = 0;
    for (String bundle : model.bundles.keySet()) {
      for (ModelTask task : late(model, bundle)) {
        TaskState state = Stall.of(model, task);
        again += state == TaskState.READY ? 1 : 0;
        dead += state == TaskState.DEAD ? 1 : 0;
      }
    }
    return new ReapResult(again, dead);
  }

  private static List<ModelTask> late(Model model, String bundle) {
    long before = model.now - model.config.leases().kill().toMillis();
    return model.timed(bundle, TaskState.LEASED, task -> task.leaseUntil).stream()
        .filter(task -> task.leaseUntil < before)
        .limit(Bounds.REAPED)
        .toList();
  }
}
