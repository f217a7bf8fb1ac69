package dev.cascadefarm.benchmark;

import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A redis-server of its own in a temporary folder, with the farm's durability: every write is on
 * disk before it is acknowledged. The log is not rewritten meanwhile, which would be the work of
 * another process at a time of its choice.
 */
final class ScratchRedis implements AutoCloseable {
  private static final long PATIENCE_MINUTES = 2;

  private final Path directory;
  private final EmbeddedRedis server;
  private final Redis client;

  private ScratchRedis(Path directory, EmbeddedRedis server, Redis client) {
    this.directory = directory;
    this.server = server;
    this.client = client;
  }

  static ScratchRedis start(Vertx vertx) throws IOException {
    Path directory = Files.createTempDirectory("farm-benchmark-redis");
    EmbeddedRedis server = EmbeddedRedis.start(EmbeddedRedisConfig.durable(directory));
    ScratchRedis redis =
        new ScratchRedis(directory, server, Redis.createClient(vertx, server.url()));
    redis.set("auto-aof-rewrite-percentage", "0");
    return redis;
  }

  String url() {
    return server.url();
  }

  /** Changes a setting. */
  void set(String name, String value) {
    ask(Command.CONFIG, "SET", name, value);
  }

  /** Removes all keys. */
  void flush() {
    ask(Command.FLUSHALL, "SYNC");
  }

  /** A section of {@code INFO}. */
  RedisInfo info(String section) {
    return RedisInfo.of(String.valueOf(ask(Command.INFO, section)));
  }

  /** Sends a command and waits for its answer. */
  @Nullable Response ask(Command command, String... arguments) {
    Request request = Request.cmd(command);
    for (String argument : arguments) {
      request.arg(argument);
    }
    try {
      return client.send(request).await(PATIENCE_MINUTES, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new IllegalStateException(command + ": no answer", e);
    }
  }

  /** Processor time of the server so far. */
  Duration cpu() {
    return ProcessTime.of(ProcessHandle.of(server.pid()).orElseThrow());
  }

  @Override
  public void close() {
    client.close();
    server.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
