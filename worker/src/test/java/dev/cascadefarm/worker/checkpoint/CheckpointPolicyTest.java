package dev.cascadefarm.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.worker.checkpoint.CheckpointPolicy.Measures;
import dev.cascadefarm.worker.checkpoint.CheckpointPolicy.Position;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointPolicyTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** √(2·C·M) in rows: 0.05 s and an hour make 18.97 s. */
  @ParameterizedTest
  @CsvSource({
    "0.05, 3600, 1, 19",
    "0.05, 3600, 2, 9",
    "0.05, 3600, 4, 5",
    "0.05, 3600, 15, 1",
    "0.05, 3600, 100, 1",
    "0.05, 60, 1, 2",
    "0.2, 3600, 1, 38",
    "0.005, 3600, 0.05, 120"
  })
  void interval_weighed_inWholeRows(double cost, int failures, double row, int rows) {
    CheckpointPolicy policy = policy(null, Duration.ofSeconds(failures));
    assertThat(policy.interval(new Measures(cost, row))).isEqualTo(rows);
  }

  /** No other interval loses less time: half of it and a checkpoint's cost, per interval. */
  @Test
  void interval_weighed_losesLeast() {
    Measures measures = new Measures(0.3, 0.7);
    int best = policy(null, HOUR).interval(measures);
    for (int rows = 1; rows < 10 * best; rows++) {
      assertThat(lost(best, measures)).isLessThanOrEqualTo(lost(rows, measures) + 1e-9);
    }
  }

  private static double lost(int rows, Measures measures) {
    double seconds = rows * measures.rowSeconds();
    return measures.costSeconds() / seconds + seconds / 2 / HOUR.toSeconds();
  }

  @Test
  void due_weighed_onceAnIntervalAndNeverNearTheEnd() {
    CheckpointPolicy policy = policy(null, HOUR);
    Measures measures = new Measures(0.05, 1);
    assertThat(policy.due(new Position(18, 100, 0), measures)).isFalse();
    assertThat(policy.due(new Position(19, 100, 0), measures)).isTrue();
    assertThat(policy.due(new Position(20, 100, 19), measures)).isFalse();
    assertThat(policy.due(new Position(40, 100, 19), measures)).isTrue();
    assertThat(policy.due(new Position(81, 100, 19), measures)).isTrue();
    assertThat(policy.due(new Position(82, 100, 19), measures)).isFalse();
  }

  @Test
  void due_taskThatEndsSooner_never() {
    CheckpointPolicy policy = policy(null, HOUR);
    Measures measures = new Measures(0.05, 1);
    for (int done = 1; done <= 37; done++) {
      assertThat(policy.due(new Position(done, 37, 0), measures)).as("%d", done).isFalse();
    }
  }

  @Test
  void due_rowsNotTimedYet_notBeforeTheyAre() {
    assertThat(policy(null, HOUR).due(new Position(500, 1000, 0), new Measures(0.05, 0))).isFalse();
  }

  @Test
  void due_fixedInterval_whateverItCosts() {
    CheckpointPolicy policy = policy(3, HOUR);
    Measures dear = new Measures(1000, 0);
    assertThat(policy.interval(dear)).isEqualTo(3);
    assertThat(policy.due(new Position(2, 5, 0), dear)).isFalse();
    assertThat(policy.due(new Position(3, 5, 0), dear)).isTrue();
    assertThat(policy.due(new Position(4, 5, 0), dear)).isTrue();
    assertThat(policy.due(new Position(5, 5, 0), dear)).isFalse();
    assertThat(policy.due(new Position(5, 9, 3), dear)).isFalse();
    assertThat(policy.due(new Position(6, 9, 3), dear)).isTrue();
  }

  @Test
  void due_off_never() {
    Measures cheap = new Measures(1e-9, 10);
    assertThat(policy(0, HOUR).due(new Position(50, 100, 0), cheap)).isFalse();
  }

  /** A writing of 0.18 s is the dearest that costs at most 0.5 % of the time. */
  @Test
  void interval_shareOfTimeSpentWriting_withinHalfAPercent() {
    for (double cost : new double[] {0.01, 0.05, 0.18}) {
      int rows = policy(null, HOUR).interval(new Measures(cost, 0.5));
      assertThat(cost / (rows * 0.5)).isLessThanOrEqualTo(0.0051);
    }
  }

  @Test
  void pace_costs_movingAverage() {
    CheckpointPace pace = new CheckpointPace(CheckpointConfig.defaults());
    assertThat(pace.costSeconds()).isEqualTo(CheckpointPace.ASSUMED_SECONDS);
    pace.written(Duration.ofMillis(20));
    assertThat(pace.costSeconds()).isEqualTo(0.02);
    pace.written(Duration.ofMillis(60));
    assertThat(pace.costSeconds()).isEqualTo(0.03);
    for (int i = 0; i < 50; i++) {
      pace.written(Duration.ofMillis(200));
    }
    assertThat(pace.costSeconds()).isCloseTo(0.2, within(1e-4));
  }

  @Test
  void pace_dearerWriting_seldomer() {
    CheckpointPace pace = new CheckpointPace(CheckpointConfig.defaults());
    pace.written(Duration.ofMillis(50));
    assertThat(pace.due(new Position(19, 100, 0), 1)).isTrue();
    pace.written(Duration.ofSeconds(1));
    assertThat(pace.due(new Position(19, 100, 0), 1)).isFalse();
    assertThat(pace.off()).isFalse();
    assertThat(new CheckpointPace(CheckpointConfig.every(0)).off()).isTrue();
  }

  @Test
  void config_outOfRange_refused() {
    assertThatThrownBy(() -> CheckpointConfig.every(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("checkpoint_rows: -1 (expected: at least 0, or none)");
    assertThatThrownBy(() -> new CheckpointConfig(null, Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0.999S (expected: 1 s or longer)");
    assertThat(CheckpointConfig.defaults()).isEqualTo(new CheckpointConfig(null, HOUR));
  }

  private static CheckpointPolicy policy(@Nullable Integer rows, Duration failures) {
    return new CheckpointPolicy(new CheckpointConfig(rows, failures));
  }
}
