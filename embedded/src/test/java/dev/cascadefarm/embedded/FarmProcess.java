package dev.cascadefarm.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process that holds a data directory, or says who does, until it is killed. */
final class FarmProcess implements AutoCloseable {

  private final Process process;
  private final List<String> words;

  private FarmProcess(Process process, List<String> words) {
    this.process = process;
    this.words = words;
  }

  /** Starts a process on the directory and waits for what it says. */
  static FarmProcess on(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FarmProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    return new FarmProcess(process, List.of(out.readLine().split(" ")));
  }

  /** Opens the directory given, starts its Redis, says so, and waits for its end. */
  public static void main(String[] args) throws IOException {
    try (DataDirectory directory = DataDirectory.open(Path.of(args[0]));
        EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.durable(directory.redis()))) {
      System.out.println("serves " + redis.pid() + " " + redis.port() + " " + redis.password());
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (DirectoryInUseException e) {
      System.out.println("refused " + e.holderPid());
    }
  }

  boolean serves() {
    return words.get(0).equals("serves");
  }

  /** Returns whom the process named as holder of the directory. */
  long holderPid() {
    return Long.parseLong(words.get(1));
  }

  ProcessHandle redis() {
    return ProcessHandle.of(Long.parseLong(words.get(1))).orElseThrow();
  }

  RedisClient connect() throws IOException {
    RedisClient client = RedisClient.connect(Integer.parseInt(words.get(2)));
    client.ask("AUTH " + words.get(3));
    return client;
  }

  long pid() {
    return process.pid();
  }

  /** Ends the process as a power cut would: nothing of it runs any more, its Redis does. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
    if (serves()) {
      ProcessHandle.of(Long.parseLong(words.get(1))).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
