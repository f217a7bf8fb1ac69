package dev.cascadefarm.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A farm of separate processes that are killed and paused by a schedule. Asked for by name, {@code
 * mvn -P chaos}; to repeat another schedule: {@code -Dfarm.chaos.seed=N}. The long class is {@link
 * LongChaosTest}.
 */
@Tag("chaos")
class ChaosTest {
  private static final int KILLS = 60;
  private static final long SEED = Long.getLong("farm.chaos.seed", 20_261_130);

  @Test
  void sixtyProcessesKilled_everyJobSucceedsOnceAndNoEventIsLost(@TempDir Path folder)
      throws Exception {
    Round round = Round.run(folder, Schedule.of(SEED, KILLS, Fleet.LEASE));
    System.out.println(round.line());
    assertThat(round.verdict().violations()).as("seed %d", SEED).isEmpty();
    assertThat(round.kills()).isGreaterThanOrEqualTo(KILLS);
    assertThat(round.struck()).containsKeys(Kind.values());
    assertThat(round.reached()).containsOnlyKeys(Kind.points());
    assertThat(round.exits()).as("processes that ended by themselves").isZero();
    assertThat(round.verdict().jobs()).isGreaterThan(Arrays.asList(Kind.values()).size());
    assertThat(round.verdict().retried()).as("leases taken back").isPositive();
  }
}
