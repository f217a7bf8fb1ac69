package dev.cascadefarm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.embedded.EmbeddedRedisConfig.Persistence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class RedisOrphanTest {

  @TempDir Path root;

  @Test
  void start_afterKill_stopsTheOrphanAndContinuesItsData() throws Exception {
    try (FarmProcess farm = FarmProcess.on(root)) {
      writeThenKill(farm);

      continueFrom(farm, EmbeddedRedisConfig.durable(root.resolve("redis")));
    }
  }

  @Test
  void start_afterKillBeforeTheRecordWasWritten_findsTheOrphanAllTheSame() throws Exception {
    try (FarmProcess farm = FarmProcess.on(root)) {
      writeThenKill(farm);
      Files.delete(root.resolve("redis/redis.pid"));

      continueFrom(farm, EmbeddedRedisConfig.durable(root.resolve("redis")));
    }
  }

  @Test
  void start_orphanDoesNotStop_killsItAtTheDeadline() throws Exception {
    try (FarmProcess farm = FarmProcess.on(root)) {
      writeThenKill(farm);
      Process stop = new ProcessBuilder("kill", "-STOP", "" + farm.redis().pid()).start();
      assertThat(stop.waitFor()).isZero();

      continueFrom(
          farm,
          new EmbeddedRedisConfig(
              root.resolve("redis"), 0, Persistence.ALWAYS, Duration.ofSeconds(1)));
    }
  }

  @Test
  void start_recordNamesAStranger_leavesItAlone() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try {
      RedisOrphan.record(root, stranger.toHandle());

      EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(root)).close();

      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void start_recordIsGarbage_startsAllTheSame() throws IOException {
    for (String garbage : List.of("", "x", "1", "99999999999999999999 1", "1 2 3\n")) {
      Files.writeString(root.resolve("redis.pid"), garbage);

      try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(root))) {
        assertThat(redis.isAlive()).as(garbage).isTrue();
      }
    }
  }

  @Test
  void start_otherFolder_isNobodysOrphan() throws Exception {
    EmbeddedRedisConfig here = EmbeddedRedisConfig.volatileIn(root.resolve("a"));
    EmbeddedRedisConfig there = EmbeddedRedisConfig.volatileIn(root.resolve("b"));

    try (EmbeddedRedis first = EmbeddedRedis.start(here);
        EmbeddedRedis second = EmbeddedRedis.start(there)) {
      assertThat(first.isAlive()).isTrue();
      assertThat(second.isAlive()).isTrue();
    }
  }

  private static void writeThenKill(FarmProcess farm) throws Exception {
    try (RedisClient client = farm.connect()) {
      assertThat(client.ask("SET job queued")).isEqualTo("+OK");
    }
    farm.kill();
    assertThat(farm.redis().isAlive()).isTrue();
  }

  private static void continueFrom(FarmProcess farm, EmbeddedRedisConfig config)
      throws IOException {
    ProcessHandle orphan = farm.redis();
    try (EmbeddedRedis next = EmbeddedRedis.start(config);
        RedisClient client = RedisClient.connect(next)) {
      assertThat(orphan.info().command()).as("executable of the orphan").isEmpty();
      assertThat(client.ask("GET job")).isEqualTo("queued");
    }
  }
}
