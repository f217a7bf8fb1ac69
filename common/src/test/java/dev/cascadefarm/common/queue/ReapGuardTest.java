package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReapGuardTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NO_FAULT = 0;

  /** Redis' clock, so far ahead of the local one as to be another clock altogether. */
  private static long redisMs(long nowNanos) {
    return 1_700_000_000_000L + nowNanos / 1_000_000;
  }

  private final ReapGuard guard = new ReapGuard(Duration.ofSeconds(30), SECOND);

  private boolean at(long second) {
    return guard.allows(second * SECOND, redisMs(second * SECOND), NO_FAULT, "run-1");
  }

  @Test
  void allows_firstLeaseOfTheProcess_waits() {
    assertThat(at(1)).isFalse();
    assertThat(at(30)).isFalse();
    assertThat(at(31)).isTrue();
  }

  @Test
  void allows_otherRunId_waitsAgain() {
    assertThat(at(31)).isTrue();
    long now = 40 * SECOND;
    assertThat(guard.allows(now, redisMs(now), NO_FAULT, "run-2")).isFalse();
    now = 69 * SECOND;
    assertThat(guard.allows(now, redisMs(now), NO_FAULT, "run-2")).isFalse();
    now = 70 * SECOND;
    assertThat(guard.allows(now, redisMs(now), NO_FAULT, "run-2")).isTrue();
  }

  @Test
  void allows_ownFault_waitsFromThen() {
    assertThat(at(31)).isTrue();
    long now = 50 * SECOND;
    assertThat(guard.allows(now, redisMs(now), 35 * SECOND, "run-1")).isFalse();
    now = 65 * SECOND;
    assertThat(guard.allows(now, redisMs(now), 35 * SECOND, "run-1")).isTrue();
  }

  @Test
  void allows_clocksDiverge_waitsAgain() {
    assertThat(at(31)).isTrue();
    long now = 40 * SECOND;
    assertThat(guard.allows(now, redisMs(now) + 5_001, NO_FAULT, "run-1")).isFalse();
    now = 70 * SECOND;
    assertThat(guard.allows(now, redisMs(now) + 5_001, NO_FAULT, "run-1")).isTrue();
    now = 71 * SECOND;
    assertThat(guard.allows(now, redisMs(now) - 60_000, NO_FAULT, "run-1")).isFalse();
  }

  @Test
  void allows_slowDrift_goesOn() {
    assertThat(at(31)).isTrue();
    for (int i = 1; i <= 10; i++) {
      long now = (31 + i) * SECOND;
      assertThat(guard.allows(now, redisMs(now) + i * 1_000L, NO_FAULT, "run-1")).isTrue();
    }
  }
}
