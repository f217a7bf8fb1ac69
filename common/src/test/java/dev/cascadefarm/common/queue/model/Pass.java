package dev.cascadefarm.common.queue.model;

/** Time that passes. */
record Pass(long ms) implements Command {
  @Override
  public void run(Trial trial) {
    trial.pass(ms);
  }
}
