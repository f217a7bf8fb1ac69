package dev.cascadefarm.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Duration LEASE = Duration.ofSeconds(3);

  @Test
  void of_sameSeed_isTheSame() {
    assertThat(Schedule.of(7, 100, LEASE)).isEqualTo(Schedule.of(7, 100, LEASE));
  }

  @Test
  void of_otherSeed_isAnother() {
    assertThat(Schedule.of(8, 100, LEASE).faults())
        .isNotEqualTo(Schedule.of(7, 100, LEASE).faults());
  }

  @Test
  void of_moreKills_beginsTheSame() {
    List<Fault> few = Schedule.of(7, 60, LEASE).faults();
    assertThat(Schedule.of(7, 600, LEASE).faults()).startsWith(few.toArray(Fault[]::new));
  }

  @Test
  void of_anySeed_killsEnoughAndHasEveryKind() {
    for (long seed = 0; seed < 100; seed++) {
      Schedule schedule = Schedule.of(seed, 60, LEASE);
      assertThat(schedule.kills()).isBetween(60, 61);
      assertThat(schedule.faults().stream().map(Fault::kind))
          .containsAll(Arrays.asList(Kind.values()));
    }
  }

  @Test
  void of_pauses_areShorterOrLongerThanTheLease() {
    for (Fault fault : Schedule.of(7, 3_000, LEASE).faults()) {
      switch (fault.kind()) {
        case WORKER_PAUSE, REDIS_PAUSE -> assertThat(fault.length()).isLessThan(LEASE);
        case WORKER_LONG_PAUSE, REDIS_LONG_PAUSE ->
            assertThat(fault.length()).isBetween(LEASE.plusMillis(1), LEASE.multipliedBy(3));
        default -> assertThat(fault.length()).isBetween(Duration.ZERO, Duration.ofSeconds(10));
      }
    }
  }

  @Test
  void of_manyKills_eachKindComesByItsWeight() {
    List<Fault> faults = Schedule.of(7, 30_000, LEASE).faults();
    int weights = Arrays.stream(Kind.values()).mapToInt(Kind::weight).sum();
    for (Kind kind : Kind.values()) {
      double share =
          (double) faults.stream().filter(fault -> fault.kind() == kind).count() / faults.size();
      assertThat(share)
          .as("%s", kind)
          .isBetween(0.9 * kind.weight() / weights, 1.1 * kind.weight() / weights);
    }
  }
}
