package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.Alterations;

/** How much one script does at most, made so small that short sequences meet every bound. */
final class Bounds {
  static final int SWEEP_PLACES = 3;
  static final int PROMOTIONS = 2;
  static final int REAPED = 3;
  static final int LOG_LENGTH = 20;

  private Bounds() {}

  static Alterations small() {
    return Alterations.none()
        .argument("cancel", 2, SWEEP_PLACES)
        .argument("sweep", 0, SWEEP_PLACES)
        .argument("reap", 1, REAPED)
        .argument("goodbye", 1, 2)
        .argument("silent", 2, 2)
        .replace("every script", "local LOG_LENGTH = 2000", "local LOG_LENGTH = " + LOG_LENGTH)
        .replace(
            "every script",
            "sweep(t.job, 200, idem_ms)",
            "sweep(t.job, " + SWEEP_PLACES + ", idem_ms)")
        .replace("claim", "'LIMIT', 0, 50)", "'LIMIT', 0, " + PROMOTIONS + ")");
  }
}
