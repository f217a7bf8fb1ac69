package dev.cascadefarm.standalone.progress;

import java.util.Locale;

/** How far the training of one stage is, and how well it goes. Used by one thread. */
public final class TrainingProgress implements AutoCloseable {
  private final ProgressDisplay display;
  private final String stage;
  private long steps;
  private double seconds;
  private String judged = "";

  public TrainingProgress(ProgressDisplay display, String stage) {
    this.display = display;
    this.stage = stage;
  }

  /**
   * A step that was taken.
   *
   * @param step from 1
   * @param of all steps
   * @param pictures that it learned from
   * @param seconds spent in steps, of which only differences count
   */
  public record Step(long step, long of, double loss, int pictures, double seconds) {}

  /** Says that a step was taken. */
  public void show(Step step) {
    if (steps == 0) {
      steps = step.step();
      seconds = step.seconds();
    }
    double rate =
        (step.step() - steps) * step.pictures() / Math.max(1e-9, step.seconds() - seconds);
    String loss = String.format(Locale.ROOT, "loss %.4f", step.loss()) + judged;
    display.show(
        stage,
        step.step(),
        step.of(),
        rate > 0 ? loss + String.format(Locale.ROOT, ", %.1f images/s", rate) : loss);
  }

  /** Says, from the next step on, how well the model did in its last validation. */
  public void judge(double loss) {
    judged = String.format(Locale.ROOT, ", validation %.4f", loss);
  }

  /** Leaves the last state on the screen. */
  @Override
  public void close() {
    display.close();
  }
}
