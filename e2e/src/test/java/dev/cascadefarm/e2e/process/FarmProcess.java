package dev.cascadefarm.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One process of the {@code farm} command line. What it prints goes to two files, its answers and
 * its log. Used by one thread.
 */
public final class FarmProcess implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(10);
  private static final int TAIL_LINES = 40;

  private final FarmCommand command;
  private final Process process;
  private final Path out;
  private final Path err;

  private FarmProcess(FarmCommand command, Process process, Path out, Path err) {
    this.command = command;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static FarmProcess start(FarmCommand command, Path logs) {
    try {
      Path out = logs.resolve(command.name() + ".out");
      Path err = logs.resolve(command.name() + ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command.line())
              .directory(command.directory().toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("FARM_"));
      builder.environment().putAll(command.environment());
      return new FarmProcess(command, builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line on the output stream, and returns it. */
  public String line(Duration deadline, Predicate<String> wanted) {
    return Eventually.get(
        command.name() + ": output line", deadline, () -> find(wanted), this::describe);
  }

  /** Waits for any first line on the output stream: the process says that it is ready. */
  public String ready(Duration deadline) {
    return line(deadline, line -> !line.isBlank());
  }

  private Optional<String> find(Predicate<String> wanted) throws IOException {
    boolean alive = process.isAlive();
    Optional<String> found = complete(out).filter(wanted).findFirst();
    if (found.isEmpty() && !alive) {
      throw new AssertionError(command.name() + ": ended before it was ready\n" + describe());
    }
    return found;
  }

  /** The complete lines of a file that is being written. */
  private static Stream<String> complete(Path file) throws IOException {
    String text = Files.readString(file);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines();
  }

  /** Waits for the process to end by itself, and returns its exit code. */
  public int exit(Duration deadline) {
    if (!waitFor(deadline)) {
      throw new AssertionError(command.name() + ": runs after " + deadline + "\n" + describe());
    }
    return process.exitValue();
  }

  /** Ends the process as a power cut would: no hook runs, its children live on. */
  public void kill() {
    process.destroyForcibly();
    exit(END);
  }

  /** Asks the process to stop, as an operator or Kubernetes does. */
  public void terminate() {
    process.destroy();
  }

  /** Stops the process where it is; it does not notice, and others see it silent. */
  public void pause() {
    signal("STOP");
  }

  /** Lets a paused process go on. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
      if (!kill.waitFor(END.toMillis(), TimeUnit.MILLISECONDS) || kill.exitValue() != 0) {
        throw new AssertionError("kill -" + name + " " + pid() + ": failed (expected: delivered)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Everything on the output stream so far. */
  public String out() {
    return text(out);
  }

  /** Everything on the error stream so far. */
  public String err() {
    return text(err);
  }

  /** Kills the process, if it lives: what a test has not stopped it has no use for. Idempotent. */
  @Override
  public void close() {
    process.destroyForcibly();
    waitFor(END);
  }

  private boolean waitFor(Duration deadline) {
    try {
      return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The command and the end of what it said, for the message of a failed test. */
  String describe() {
    return String.join(
        "\n", String.join(" ", command.arguments()), "-- out", tail(out()), "-- err", tail(err()));
  }

  private static String tail(String text) {
    List<String> lines = text.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
