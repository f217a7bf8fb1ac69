package dev.cascadefarm.standalone.progress;

import java.util.Locale;

/** How far the training of one stage is, and how well it goes. Used by one thread. */
public final class TrainingProgress implements AutoCloseable {
  private final ProgressDisplay display;
  private final String stage;

  public TrainingProgress(ProgressDisplay display, String stage) {
    this.display = display;
    this.stage = stage;
  }

  /** Says that a step was taken. */
  public void show(long step, long steps, double loss) {
    display.show(stage, step, steps, String.format(Locale.ROOT, "loss %.4f", loss));
  }

  /** Leaves the last state on the screen. */
  @Override
  public void close() {
    display.close();
  }
}
