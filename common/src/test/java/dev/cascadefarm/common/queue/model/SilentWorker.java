package dev.cascadefarm.common.queue.model;

import java.time.Duration;

/** A worker that is said to be gone. */
record SilentWorker(int worker) implements Command {
  private static final long SILENCE_MS = Duration.ofSeconds(2).toMillis();

  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    String name = Names.WORKERS.get(worker);
    ModelWorker known = model.workers.get(name);
    boolean silent = known == null || model.now - known.seen >= SILENCE_MS;
    if (silent) {
      model.heldBy(name).forEach(task -> Stall.of(model, task));
    }
    trial.expectInTurn(
        "release what silent %s holds".formatted(name),
        silent,
        () -> trial.queue.jobs().releaseIfSilent(name));
  }
}
