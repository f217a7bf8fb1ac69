package dev.cascadefarm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running redis-server child process on 127.0.0.1, with a fresh random password. Its data stay in
 * its folder and are there again at the next start; the folder must belong to this process (see
 * {@link DataDirectory}).
 *
 * <p>If the process that started a redis-server was killed, that server lives on. The next start on
 * the same folder finds it, ends it, and continues with its data.
 *
 * <p>Safe for use by several threads.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);
  private static final int PASSWORD_BYTES = 24;
  private static final int PORT_ATTEMPTS = 5;
  private static final int PROBE_INTERVAL_MILLIS = 5;

  private final EmbeddedRedisConfig config;
  private final Process process;
  private final int port;
  private final String password;

  private EmbeddedRedis(EmbeddedRedisConfig config, Process process, int port, String password) {
    this.config = config;
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts a server and waits until it serves.
   *
   * @param config how it runs
   * @throws EmbeddedException if it does not serve within the deadline, with the end of its log
   */
  public static EmbeddedRedis start(EmbeddedRedisConfig config) {
    try {
      Path directory = Files.createDirectories(config.directory().toAbsolutePath()).toRealPath();
      RedisOrphan.stopAll(directory, config.deadline());
      return startIn(directory, config);
    } catch (IOException e) {
      throw new EmbeddedException(
          "embedded Redis in %s: cannot start".formatted(config.directory()), e);
    }
  }

  /**
   * Ends every server that a killed process left running in a folder.
   *
   * @throws EmbeddedException if one does not end
   */
  public static void endOrphans(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try {
      RedisOrphan.stopAll(directory.toRealPath(), EmbeddedRedisConfig.DEFAULT_DEADLINE);
    } catch (IOException e) {
      throw new EmbeddedException(
          "embedded Redis in %s: cannot end its orphans".formatted(directory), e);
    }
  }

  private static EmbeddedRedis startIn(Path directory, EmbeddedRedisConfig config)
      throws IOException {
    Path binary = RedisBinary.unpack(directory);
    int attempts = config.port() == 0 ? PORT_ATTEMPTS : 1;
    for (int attempt = 1; ; attempt++) {
      EmbeddedRedis redis = launch(directory, binary, config);
      if (redis.awaitServing()) {
        LOG.info("embedded Redis serves at {}:{} pid={}", Loopback.HOST, redis.port, redis.pid());
        return redis;
      }
      boolean portWasTaken = !redis.isAlive();
      redis.close();
      if (attempt == attempts || !portWasTaken) {
        throw new EmbeddedException(redis.whyNotServing(directory));
      }
    }
  }

  private static EmbeddedRedis launch(Path directory, Path binary, EmbeddedRedisConfig config)
      throws IOException {
    int port = config.port() == 0 ? Loopback.freePort() : config.port();
    String password = Secrets.hex(PASSWORD_BYTES);
    Path settings = RedisSettings.write(directory, config.persistence(), port, password);
    Process process =
        new ProcessBuilder(RedisCommand.of(binary, settings))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(RedisSettings.log(directory).toFile())
            .start();
    RedisOrphan.record(directory, process.toHandle());
    return new EmbeddedRedis(config, process, port, password);
  }

  private boolean awaitServing() {
    long end = System.nanoTime() + config.deadline().toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      if (RedisProbe.answers(port, password)) {
        return true;
      }
      waitForExit(Duration.ofMillis(PROBE_INTERVAL_MILLIS));
    }
    return false;
  }

  private String whyNotServing(Path directory) throws IOException {
    List<String> log = Files.readAllLines(RedisSettings.log(directory));
    List<String> end = log.subList(Math.max(0, log.size() - 3), log.size());
    return "embedded Redis at %s:%d: not serving (expected: within %s); its log ends: %s"
        .formatted(Loopback.HOST, port, config.deadline(), String.join(" | ", end));
  }

  /** Returns the address with the password, as {@code redis://:PASSWORD@127.0.0.1:PORT}. */
  public String url() {
    return "redis://:%s@%s:%d".formatted(password, Loopback.HOST, port);
  }

  /** Returns the port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Returns the password, to be kept from logs. */
  public String password() {
    return password;
  }

  /** Returns the process id of the server. */
  public long pid() {
    return process.pid();
  }

  /** Returns whether the server process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Ends the server, by force if it has not ended by the deadline. Closing twice is harmless. Its
   * record stays until the next start, which finds no process behind it.
   */
  @Override
  public void close() {
    process.destroy();
    if (!waitForExit(config.deadline())) {
      LOG.warn("embedded Redis does not stop, killing it pid={}", pid());
      process.destroyForcibly();
    }
  }

  private boolean waitForExit(Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException(
          "embedded Redis pid %d: interrupted while waiting for it".formatted(pid()), e);
    }
  }

  /** Returns the address without the password. */
  @Override
  public String toString() {
    return "EmbeddedRedis[%s:%d, pid %d]".formatted(Loopback.HOST, port, pid());
  }
}
