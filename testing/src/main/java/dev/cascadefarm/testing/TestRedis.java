package dev.cascadefarm.testing;

import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that all tests of a process share. It keeps nothing on disk. A test that needs a clean
 * one calls {@link #flush()} first; a test that stops or restarts Redis starts its own {@link
 * EmbeddedRedis} instead.
 */
public final class TestRedis implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 5_000;

  private final EmbeddedRedis redis;
  private final Path folder;
  private final Thread stopOnExit;

  private TestRedis(EmbeddedRedis redis, Path folder) {
    this.redis = redis;
    this.folder = folder;
    this.stopOnExit = new Thread(redis::close, "stop-test-redis");
  }

  /** Starts a Redis in a temporary folder; it ends with this process at the latest. */
  public static TestRedis start() {
    Path folder = TempFolder.create("farm-test-redis");
    TestRedis shared =
        new TestRedis(EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(folder)), folder);
    Runtime.getRuntime().addShutdownHook(shared.stopOnExit);
    return shared;
  }

  /** Returns the address with the password, as {@code redis://:PASSWORD@127.0.0.1:PORT}. */
  public String url() {
    return redis.url();
  }

  /** Returns the server itself. */
  public EmbeddedRedis server() {
    return redis;
  }

  /** Deletes every key and every cached script. */
  public void flush() {
    ask("FLUSHALL");
    ask("SCRIPT FLUSH");
  }

  /** Sends a command whose words hold no spaces; fails if the answer is an error. */
  public void ask(String command) {
    try (Socket socket =
        new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), redis.port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      String lines = "AUTH " + redis.password() + "\r\n" + command + "\r\n";
      socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      requireNoError("AUTH", replies.readLine());
      requireNoError(command, replies.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireNoError(String command, @Nullable String reply) {
    if (reply == null || reply.startsWith("-")) {
      throw new IllegalStateException("%s: %s (expected: no error)".formatted(command, reply));
    }
  }

  @Override
  public void close() {
    redis.close();
    Runtime.getRuntime().removeShutdownHook(stopOnExit);
    TempFolder.delete(folder);
  }
}
