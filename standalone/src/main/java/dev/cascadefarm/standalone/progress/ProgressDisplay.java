package dev.cascadefarm.standalone.progress;

import java.io.PrintStream;
import java.time.Clock;

/** Where progress is drawn. Thread-safe. */
public interface ProgressDisplay extends AutoCloseable {
  /**
   * Says how far a stage is.
   *
   * @param done steps, over all of the job's images
   * @param total likewise
   * @param remark said beside it; may be empty
   */
  void show(String stage, long done, long total, String remark);

  /** The same without a remark. */
  default void show(String stage, long done, long total) {
    show(stage, done, total, "");
  }

  /** Says something beside the progress, for example a warning. */
  void note(String line);

  /** Leaves the last state on the screen. Idempotent. */
  @Override
  void close();

  /** Bars on a terminal. */
  static ProgressDisplay bars(PrintStream terminal, int columns) {
    return new BarDisplay(terminal, columns);
  }

  /** One line now and then. */
  static ProgressDisplay lines(PrintStream out) {
    return new LineDisplay(out, Clock.systemUTC());
  }
}
