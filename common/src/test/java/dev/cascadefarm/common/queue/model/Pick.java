package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskId;
import java.util.List;

/**
 * A choice of a lease to report on: mostly one that still holds, sometimes any that was ever given,
 * sometimes one that nobody gave.
 */
record Pick(int kind, int index) {
  private static final int HELD = 7;
  private static final int EVER = 9;
  private static final Lease NONE =
      new Lease(new TaskId("j0", "text", TaskId.WHOLE_JOB), "w0", "f".repeat(32));

  Lease of(Model model) {
    List<Lease> all = model.leases;
    if (all.isEmpty()) {
      return NONE;
    }
    List<Lease> held = all.stream().filter(lease -> holds(model, lease)).toList();
    if (kind < HELD && !held.isEmpty()) {
      return held.get(index % held.size());
    }
    Lease any = all.get(all.size() - 1 - index % all.size());
    return kind < EVER ? any : new Lease(any.task(), any.worker(), NONE.nonce());
  }

  static boolean holds(Model model, Lease lease) {
    ModelTask task = model.task(lease.task());
    return task != null && task.leasedUnder(lease.nonce());
  }
}
