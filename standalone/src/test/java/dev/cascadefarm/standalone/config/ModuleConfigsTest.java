package dev.cascadefarm.standalone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.queue.JobRetention;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.coordinator.CoordinatorConfig;
import dev.cascadefarm.coordinator.access.AccessConfig;
import dev.cascadefarm.coordinator.chores.ChoreConfig;
import dev.cascadefarm.coordinator.events.FeedLimits;
import dev.cascadefarm.coordinator.upload.UploadLimits;
import dev.cascadefarm.worker.WorkerConfig;
import dev.cascadefarm.worker.checkpoint.CheckpointConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModuleConfigsTest {
  private static final String URL = "redis://:secret@127.0.0.1:1";
  private static final Map<String, String> SERVICES =
      Map.of(
          "redis.url", URL,
          "s3.endpoint", "http://127.0.0.1:2",
          "s3.access-key", "key",
          "s3.secret-key", "secret");

  @Test
  void every_nothingGiven_modulesOwnDefaults() {
    FarmConfig config = load(SERVICES);
    assertThat(ModuleConfigs.queue(config)).isEqualTo(QueueConfig.of(URL));
    assertThat(ModuleConfigs.store(config))
        .isEqualTo(StoreConfig.of("http://127.0.0.1:2", "key", "secret", "cascade-farm"));
    assertThat(ModuleConfigs.coordinator(config)).isEqualTo(CoordinatorConfig.defaults());
    assertThat(ModuleConfigs.worker(config)).isEqualTo(WorkerConfig.defaults());
  }

  @Test
  void queue_everythingGiven_mapped() {
    Map<String, String> values = new HashMap<>(SERVICES);
    values.put("redis.allow-lossy", "true");
    values.put("redis.command-deadline", "3s");
    values.put("redis.max-in-flight", "4");
    values.put("queue.lease", "5s");
    values.put("queue.kill", "6s");
    values.put("queue.hard-limit", "7s");
    values.put("queue.max-failures", "8");
    values.put("queue.max-stalls", "9");
    values.put("queue.max-lost", "11");
    values.put("queue.task-delay", "12ms");
    values.put("queue.task-delay-max", "13s");
    values.put("queue.outage-delay", "14ms");
    values.put("queue.outage-delay-max", "15s");
    values.put("queue.breaker-tasks", "20");
    values.put("queue.breaker-within", "21s");
    values.put("queue.breaker-probe", "22s");
    values.put("queue.backlog", "16");
    values.put("queue.ageing", "17s");
    values.put("queue.idempotency-tail", "18h");
    values.put("queue.worker-silence", "19s");
    assertThat(ModuleConfigs.queue(load(values)))
        .isEqualTo(
            new QueueConfig(
                URL,
                true,
                Duration.ofSeconds(3),
                4,
                new QueueConfig.Leases(
                    Duration.ofSeconds(5), Duration.ofSeconds(6), Duration.ofSeconds(7)),
                new QueueConfig.Retries(
                    8,
                    9,
                    11,
                    new QueueConfig.Delays(Duration.ofMillis(12), Duration.ofSeconds(13)),
                    new QueueConfig.Delays(Duration.ofMillis(14), Duration.ofSeconds(15))),
                new QueueConfig.Breaker(20, Duration.ofSeconds(21), Duration.ofSeconds(22)),
                new QueueConfig.Limits(
                    16, Duration.ofSeconds(17), Duration.ofHours(18), Duration.ofSeconds(19))));
  }

  @Test
  void store_everythingGiven_mapped() {
    Map<String, String> values = new HashMap<>(SERVICES);
    values.put("s3.bucket", "other");
    values.put("s3.deadline", "3s");
    values.put("s3.max-object-bytes", "4");
    assertThat(ModuleConfigs.store(load(values)))
        .isEqualTo(
            new StoreConfig(
                "http://127.0.0.1:2", "key", "secret", "other", Duration.ofSeconds(3), 4));
  }

  @Test
  void coordinator_everythingGiven_mapped() {
    Map<String, String> values = new HashMap<>();
    values.put("api.host", "0.0.0.0");
    values.put("api.port", "1");
    values.put("api.token", "0123456789abcdef");
    values.put("api.origins", "https://farm.example");
    values.put("api.streams", "2");
    values.put("api.stream-poll", "3s");
    values.put("api.stream-ping", "4s");
    values.put("api.stream-drain", "5s");
    values.put("api.stream-page", "6");
    values.put("api.upload-bytes", "9");
    values.put("api.upload-side", "10");
    values.put("api.upload-pixels", "11");
    values.put("api.uploads", "12");
    values.put("api.queue-deadline", "7s");
    values.put("chores.reaping", "8s");
    values.put("chores.forgetting", "13s");
    values.put("chores.auditing", "14s");
    values.put("keep.age", "15d");
    values.put("keep.jobs", "16");
    values.put("keep.failed-age", "17d");
    values.put("keep.failed-jobs", "18");
    values.put("keep.garbage-age", "19h");
    assertThat(ModuleConfigs.coordinator(load(values)))
        .isEqualTo(
            new CoordinatorConfig(
                "0.0.0.0",
                1,
                AccessConfig.of("0123456789abcdef", null),
                Set.of("https://farm.example"),
                new FeedLimits(
                    2, Duration.ofSeconds(3), Duration.ofSeconds(4), Duration.ofSeconds(5), 6),
                new UploadLimits(9, 10, 11, 12),
                Duration.ofSeconds(7),
                new ChoreConfig(
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(13),
                    Duration.ofSeconds(14),
                    new JobRetention.Keep(
                        new JobRetention.Keep.Bound(Duration.ofDays(17), 18),
                        new JobRetention.Keep.Bound(Duration.ofDays(15), 16)),
                    Duration.ofHours(19))));
  }

  @Test
  void coordinator_elsewhereWithoutToken_refused() {
    assertThatThrownBy(() -> ModuleConfigs.coordinator(load(Map.of("api.host", "0.0.0.0"))))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("0.0.0.0")
        .hasMessageContaining("FARM_API_TOKEN");
  }

  @Test
  void worker_everythingGiven_mapped() {
    Map<String, String> values = new HashMap<>();
    values.put("worker.slots", "1");
    values.put("worker.device", "cuda:2");
    values.put("worker.preview-interval", "0s");
    values.put("worker.preview-side", "32");
    values.put("worker.load-limit", "1s");
    values.put("worker.row-limit", "2s");
    values.put("worker.store-deadline", "3s");
    values.put("worker.store-patience", "4s");
    values.put("worker.queue-deadline", "6s");
    values.put("worker.outage-allowance", "7s");
    values.put("worker.registration", "8s");
    values.put("worker.drain", "9s");
    values.put("worker.checkpoint-rows", "10");
    values.put("worker.failures", "11m");
    WorkerConfig.Limits limits =
        new WorkerConfig.Limits(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(6),
            Duration.ofSeconds(7),
            Duration.ofSeconds(8),
            Duration.ofSeconds(9));
    assertThat(ModuleConfigs.worker(load(values)))
        .isEqualTo(
            new WorkerConfig(
                1,
                "cuda:2",
                Duration.ZERO,
                32,
                new CheckpointConfig(10, Duration.ofMinutes(11)),
                limits));
  }

  private static FarmConfig load(Map<String, String> values) {
    return FarmConfig.load(new ConfigInput(null, Path.of("/nowhere"), Map.of(), values));
  }
}
