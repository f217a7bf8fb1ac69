package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueConfigTest {
  private static final String URL = "redis://:s3cret@10.0.0.1:6390/2";

  @Test
  void of_defaults() {
    QueueConfig config = QueueConfig.of(URL);
    assertThat(config.allowLossy()).isFalse();
    assertThat(config.commandDeadline()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.maxInFlight()).isEqualTo(1024);
    assertThat(config.leases())
        .isEqualTo(
            new QueueConfig.Leases(
                Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofHours(6)));
    assertThat(config.retries().maxFailures()).isEqualTo(5);
    assertThat(config.retries().maxStalls()).isEqualTo(3);
    assertThat(config.retries().maxLost()).isEqualTo(10);
    assertThat(config.retries().infrastructure().longest()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.limits().ageing()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.limits().idempotencyTail()).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void toString_neverTellsThePassword() {
    assertThat(QueueConfig.of(URL).toString()).contains("10.0.0.1:6390").doesNotContain("s3cret");
    assertThat(QueueConfig.of("redis://h").redisAddress()).isEqualTo("redis://h:6379");
  }

  @Test
  void of_outOfRange_refusedByName() {
    assertThatThrownBy(() -> QueueConfig.of(URL).withMaxInFlight(0))
        .hasMessage("max_in_flight: 0 (expected: >= 1)");
    assertThatThrownBy(() -> QueueConfig.of(URL).withCommandDeadline(Duration.ZERO))
        .hasMessageContaining("command_deadline: PT0S");
  }

  @Test
  void findings_safeSettings_none() {
    assertThat(RedisSettings.findings("redis_version:7.0.15\r\n", safe())).isEmpty();
  }

  @Test
  void findings_oldRedisAndEviction_named() {
    Map<String, String> settings = new java.util.HashMap<>(safe());
    settings.put("maxmemory-policy", "allkeys-lru");
    settings.remove("appendonly");
    List<RedisSettingsException> findings =
        RedisSettings.findings("redis_version:6.2.14\r\n", settings);
    assertThat(findings)
        .extracting(RedisSettingsException::getMessage)
        .containsExactly(
            "Redis: redis_version: 6 (expected: >= 7)",
            "Redis: appendonly: unknown (expected: yes)",
            "Redis: maxmemory-policy: allkeys-lru (expected: noeviction)");
    assertThat(findings.get(2).setting()).isEqualTo("maxmemory-policy");
  }

  private static Map<String, String> safe() {
    return Map.of(
        "maxmemory-policy", "noeviction",
        "appendonly", "yes",
        "appendfsync", "always",
        "no-appendfsync-on-rewrite", "no");
  }
}
