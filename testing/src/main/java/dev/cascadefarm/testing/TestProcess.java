package dev.cascadefarm.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another Java process with this one's class path, for tests that kill; ended when it is closed.
 */
public final class TestProcess implements AutoCloseable {

  private static final int DEADLINE_SECONDS = 30;

  private final Process process;
  private final BufferedReader out;

  private TestProcess(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts a process.
   *
   * @param options of the virtual machine
   * @param main the class whose {@code main} it runs
   */
  public static TestProcess start(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new TestProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Returns the next line that it prints. */
  public String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IllegalStateException("process: ended (expected: a line)");
    }
    return line;
  }

  /** Waits until it has ended by itself; returns its exit code. */
  public int exitCode() {
    return process.onExit().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join().exitValue();
  }

  /** Ends it as a power cut would, with nothing of its own run any more. */
  public void kill() {
    process.destroyForcibly().onExit().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }
}
