package dev.cascadefarm.standalone.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Where a test gives commands to {@code farm}; keeps what they print. */
public final class Terminal {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Runs a command in a folder, with the catalogue there; answers its exit code. */
  public int run(Path directory, String... arguments) {
    Map<String, String> environment =
        Map.of("FARM_CATALOGUE", directory.resolve("catalogue").toString());
    return run(environment, directory, arguments);
  }

  /** Runs a command in a folder, with nothing but these variables. */
  int run(Map<String, String> environment, Path directory, String... arguments) {
    return Farm.run(new Console(stream(out), stream(err), 0, environment, directory), arguments);
  }

  /** What was printed since the last {@link #clear}. */
  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was said beside it. */
  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  public void clear() {
    out.reset();
    err.reset();
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
