package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.ReapResult;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** A pass of the reaper: one step of the oldest removal, then leases that ended long ago. */
record Reap() implements Command {
  private static final long STALL_WINDOW_MS = Duration.ofHours(72).toMillis();

  @Override
  public void run(Trial trial) {
    trial.expectInTurn("reap", answer(trial.model), () -> trial.queue.jobs().reap());
  }

  private static ReapResult answer(Model model) {
    model.jobs.values().stream()
        .filter(job -> job.sweepFrom >= 0)
        .min(
            Comparator.<ModelJob>comparingLong(job -> job.sweepAsked).thenComparing(ModelJob::id))
        .ifPresent(model::sweep);
    int again = 0;
    int dead = 0;
    for (String bundle : model.bundles.keySet()) {
      for (ModelTask task : late(model, bundle)) {
        if (!task.job.live()) {
          model.drop(task);
        } else if (gone(model, task)) {
          dead++;
        } else {
          again++;
        }
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

  /** Takes a lease back; answers whether the task is dead now. */
  private static boolean gone(Model model, ModelTask task) {
    String reason;
    if (task.started) {
      boolean first = task.stalls == 0 || model.now - task.firstStall > STALL_WINDOW_MS;
      task.stalls = first ? 1 : task.stalls + 1;
      task.firstStall = first ? model.now : task.firstStall;
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
    return poison;
  }
}
