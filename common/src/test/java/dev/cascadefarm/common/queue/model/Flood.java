package dev.cascadefarm.common.queue.model;

/** Several small jobs of a tenant at once, after a pause. */
record Flood(int tenant, int jobs) implements Command {
  private static final long PAUSE_MS = 10_000;

  @Override
  public void run(Trial trial) {
    new Pass(PAUSE_MS).run(trial);
    for (int i = 0; i < jobs; i++) {
      new Submit(tenant, 0, 1, 0, 0, 0, 0, 0).run(trial);
    }
  }
}
