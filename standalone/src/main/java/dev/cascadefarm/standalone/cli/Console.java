package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.progress.TrainingProgress;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command has around it.
 *
 * @param terminalColumns width of the terminal behind {@code err}; 0 if there is none
 * @param directory the working directory
 */
record Console(
    PrintStream out,
    PrintStream err,
    int terminalColumns,
    Map<String, String> environment,
    Path directory) {
  /** Set by the launcher, which can ask the terminal. */
  private static final String COLUMNS = "farm.columns";

  static Console ofProcess() {
    return new Console(
        System.out, System.err, Integer.getInteger(COLUMNS, 0), System.getenv(), Path.of(""));
  }

  ProgressDisplay progress() {
    return terminalColumns > 0
        ? ProgressDisplay.bars(err, terminalColumns)
        : ProgressDisplay.lines(err);
  }

  TrainingProgress trainingProgress(String stage) {
    return new TrainingProgress(progress(), stage);
  }

  /** Prints one line that a script may wait for. */
  void announce(String line) {
    out.println(line);
    out.flush();
  }

  PrintWriter outWriter() {
    return new PrintWriter(out, true, StandardCharsets.UTF_8);
  }

  PrintWriter errWriter() {
    return new PrintWriter(err, true, StandardCharsets.UTF_8);
  }
}
