package dev.cascadefarm.common.queue.model;

/** A worker that begins what it holds and is then never heard of again. */
record Vanish(Pick pick) implements Command {
  private static final long LONG_ENOUGH_MS = 41_000;

  @Override
  public void run(Trial trial) {
    new Renew(pick, 1, 0).run(trial);
    new Pass(LONG_ENOUGH_MS).run(trial);
    new Reap().run(trial);
  }
}
