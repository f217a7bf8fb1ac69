package dev.cascadefarm.worker;

import java.time.Duration;

/** Deadlines for tests that wait for one. */
final class TestLimits {
  private TestLimits() {}

  /** Gives up soon: a row after half a second, a registration too, the store after a second. */
  static WorkerConfig.Limits impatient() {
    WorkerConfig.Limits usual = WorkerConfig.Limits.defaults();
    return new WorkerConfig.Limits(
        usual.load(),
        Duration.ofMillis(500),
        usual.store(),
        Duration.ofSeconds(1),
        usual.queue(),
        usual.outageAllowance(),
        Duration.ofMillis(500),
        usual.drain());
  }
}
