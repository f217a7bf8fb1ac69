package dev.cascadefarm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.embedded.EmbeddedRedisConfig.Persistence;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class EmbeddedRedisTest {

  @TempDir Path directory;

  @Test
  void start_durable_hasTheSettingsOfAQueue() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.durable(directory));
        RedisClient client = RedisClient.connect(redis)) {
      assertThat(client.setting("appendonly")).isEqualTo("yes");
      assertThat(client.setting("appendfsync")).isEqualTo("always");
      assertThat(client.setting("maxmemory-policy")).isEqualTo("noeviction");
      assertThat(client.setting("bind")).isEqualTo("127.0.0.1");
      assertThat(redis.url()).matches("redis://:[0-9a-f]{48}@127\\.0\\.0\\.1:" + redis.port());
    }
  }

  @Test
  void start_withoutPassword_isRefused() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(directory));
        RedisClient stranger = RedisClient.connect(redis.port())) {
      assertThat(stranger.ask("PING")).startsWith("-NOAUTH");
    }
  }

  @Test
  void start_password_isOnlyInAFileOfItsOwner() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(directory))) {
      ProcessHandle.Info info = ProcessHandle.of(redis.pid()).orElseThrow().info();
      assertThat(info.commandLine().orElseThrow())
          .contains("redis.conf")
          .doesNotContain(redis.password());
      assertThat(Files.getPosixFilePermissions(directory.resolve("redis.conf")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(redis.toString()).doesNotContain(redis.password());
    }
  }

  @Test
  void close_thenStart_findsEveryWrite() throws IOException {
    try (EmbeddedRedis first = EmbeddedRedis.start(EmbeddedRedisConfig.durable(directory));
        RedisClient client = RedisClient.connect(first)) {
      client.ask("SET kept 1");
    }
    try (EmbeddedRedis second = EmbeddedRedis.start(EmbeddedRedisConfig.durable(directory));
        RedisClient client = RedisClient.connect(second)) {
      assertThat(client.ask("GET kept")).isEqualTo("1");
    }
  }

  @Test
  void close_twice_endsTheProcess() {
    EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(directory));

    redis.close();
    redis.close();

    assertThat(redis.isAlive()).isFalse();
  }

  @Test
  void start_givenPort_listensThere() {
    int port = Loopback.freePort();

    try (EmbeddedRedis redis =
        EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(directory).withPort(port))) {
      assertThat(redis.port()).isEqualTo(port);
    }
  }

  @Test
  void start_takenPort_failsWithTheEndOfItsLog() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.address())) {
      EmbeddedRedisConfig config =
          new EmbeddedRedisConfig(
              directory, taken.getLocalPort(), Persistence.NONE, Duration.ofSeconds(5));

      assertThatThrownBy(() -> EmbeddedRedis.start(config))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining(":" + taken.getLocalPort())
          .hasMessageContaining("Failed listening on port");
    }
  }
}
