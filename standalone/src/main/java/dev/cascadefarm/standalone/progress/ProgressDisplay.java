package dev.cascadefarm.standalone.progress;

import java.io.PrintStream;
import java.time.Clock;

/** Where progress is drawn. Thread-safe. */
public interface ProgressDisplay extends AutoCloseable {
  /** Says how far a stage is; both in steps, over all of the job's images. */
  void show(String stage, long done, long total);

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
