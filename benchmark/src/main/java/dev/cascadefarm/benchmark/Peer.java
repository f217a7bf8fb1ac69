package dev.cascadefarm.benchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The other side of a comparison, a child process: it prints {@code ready}, then answers each line
 * it reads with one line. Only one side works at a time.
 */
final class Peer implements AutoCloseable {
  private static final String READY = "ready";
  private static final String SCRIPTS = "benchmark/src/main/python/";

  /** How this side's idle threads wait. */
  private static final Set<String> WAITING = Set.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT");

  private static final String TEST_SCRIPTS = "diffusion/src/test/python";

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  private Peer(Process process) {
    this.process = process;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static Peer start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return start(builder);
  }

  private static Peer start(ProcessBuilder builder) throws IOException {
    Peer peer = new Peer(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    String greeting = peer.answers.readLine();
    if (!READY.equals(greeting)) {
      throw new IOException(builder.command() + ": " + greeting + " (expected: " + READY + ")");
    }
    return peer;
  }

  /** A JVM like this one. */
  static Peer java(Class<?> main, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    return start(command, Map.of());
  }

  /**
   * A Python that runs one of this module's scripts, with as many threads as this process: both
   * read them from the environment. Its idle threads wait as PyTorch has them wait. Run it from the
   * root of the repository.
   */
  static Peer python(String python, String script, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(python, SCRIPTS + script));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(WAITING);
    builder.environment().put("PYTHONPATH", TEST_SCRIPTS);
    return start(builder);
  }

  /** Sends a line and returns the number it is answered with. */
  double ask(String request) {
    try {
      requests.write(request);
      requests.newLine();
      requests.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IOException("the peer has ended (expected: an answer)");
      }
      return Double.parseDouble(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processor time of the process and of those it has started, so far. */
  Duration cpu() {
    return ProcessTime.ofFamily(process.toHandle());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
