package dev.cascadefarm.common.queue.model;

import java.util.List;

/**
 * A worker takes a task, all workers begin what they hold, and none is heard of again; several
 * times over.
 *
 * @param waitMs time that passes before it happens again
 */
record Vanish(int worker, int bundle, int times, long waitMs) implements Command {
  private static final long LONG_ENOUGH_MS = 41_000;

  @Override
  public void run(Trial trial) {
    for (int i = 0; i < times; i++) {
      new Claim(worker, bundle, 1, 0, 0, 0).run(trial);
      beginAll(trial);
      new Pass(LONG_ENOUGH_MS).run(trial);
      new Reap().run(trial);
      new Pass(waitMs).run(trial);
    }
  }

  private static void beginAll(Trial trial) {
    List<Lease> held =
        trial.model.leases.stream().filter(lease -> Pick.holds(trial.model, lease)).toList();
    for (String name : Names.WORKERS) {
      held.stream()
          .filter(lease -> lease.worker().equals(name))
          .findFirst()
          .ifPresent(lease -> new Renew(new Pick(0, held.indexOf(lease)), 1, 0).run(trial));
    }
  }
}
