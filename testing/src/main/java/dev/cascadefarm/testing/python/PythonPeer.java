package dev.cascadefarm.testing.python;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A Python process that runs {@code peer.py} of the diffusion module's tests: it greets with a line
 * of JSON, then answers each line with a line. It has a folder for the files of a request. Not
 * thread-safe.
 */
public final class PythonPeer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path SCRIPT =
      Path.of(System.getProperty("basedir", ""), "..", "diffusion", "src", "test", "python")
          .resolve("peer.py");
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final int COMPLAINT_LINES = 5;

  private final Process process;
  private final Path folder;
  private final BufferedWriter requests;
  private final BufferedReader answers;
  private final ExecutorService reader;

  private PythonPeer(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.reader =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "python-answers");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts the interpreter of this run, and prints what it has and the seed.
   *
   * @throws PythonUnavailableException if it does not start, does not greet, or lacks a package
   */
  public static PythonPeer start() throws IOException {
    return start(List.of(PythonTier.interpreter()));
  }

  /**
   * Starts a process.
   *
   * @param command the interpreter with its own arguments
   * @throws PythonUnavailableException if it does not start, does not greet, or lacks a package
   */
  public static PythonPeer start(List<String> command) throws IOException {
    Path folder = Files.createTempDirectory("cascade-farm-python-");
    PythonPeer peer = new PythonPeer(launch(command, folder), folder);
    try {
      PythonTier.print(peer.greeting(command).toString());
      return peer;
    } catch (IOException | RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  private static Process launch(List<String> command, Path folder) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.add(SCRIPT.toAbsolutePath().toString());
    try {
      return new ProcessBuilder(line).redirectError(complaints(folder).toFile()).start();
    } catch (IOException e) {
      delete(folder);
      throw new PythonUnavailableException(command, "cannot be started: " + e.getMessage());
    }
  }

  private JsonNode greeting(List<String> command) throws IOException {
    String line = read();
    if (line == null) {
      throw new PythonUnavailableException(command, "ended without a greeting" + complaint());
    }
    JsonNode greeting = parse(line);
    if (!greeting.path("missing").isEmpty()) {
      String python = greeting.path("versions").path("python").asText();
      throw new PythonUnavailableException(
          command, "Python " + python + " cannot import " + greeting.path("missing"));
    }
    return greeting.path("versions");
  }

  /** The folder for the files of a request. */
  public Path folder() {
    return folder;
  }

  /**
   * Asks and waits for the answer, an object.
   *
   * @throws PythonFailedException if Python could not do it
   */
  public JsonNode ask(ObjectNode request) throws IOException {
    requests.write(request.toString());
    requests.newLine();
    requests.flush();
    String line = read();
    if (line == null) {
      throw new IOException("Python has ended (expected: an answer)" + complaint());
    }
    JsonNode answer = parse(line);
    JsonNode error = answer.path("error");
    if (!error.isMissingNode()) {
      throw new PythonFailedException(request.path("run").asText() + ": " + error.asText());
    }
    return answer;
  }

  /* A process that hangs is ended, which ends the reading. */
  private String read() throws IOException {
    try {
      return reader.submit(answers::readLine).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new IOException("Python: silent (expected: an answer within " + DEADLINE + ")", e);
    } catch (ExecutionException e) {
      throw new IOException("Python: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Python worked", e);
    }
  }

  private static JsonNode parse(String line) throws IOException {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IOException("Python: " + line + " (expected: a line of JSON)", e);
    }
  }

  private String complaint() throws IOException {
    List<String> lines = Files.readAllLines(complaints(folder));
    List<String> last = lines.subList(Math.max(0, lines.size() - COMPLAINT_LINES), lines.size());
    return last.isEmpty() ? "" : "; it said: " + String.join(" | ", last);
  }

  private static Path complaints(Path folder) {
    return folder.resolve("stderr.txt");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    reader.shutdownNow();
    delete(folder);
  }

  private static void delete(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
