package dev.cascadefarm.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine(1000);

  @Test
  void of_bothShares_theWholeRun() {
    SamplerTable whole = table(7);

    assertThat(Rows.ALL.of(whole)).isEqualTo(whole);
    assertThat(Rows.BUT_LAST.of(whole).rows()).isEqualTo(whole.rows().subList(0, 6));
    assertThat(Rows.LAST.of(whole).rows()).isEqualTo(whole.rows().subList(6, 7));
  }

  /** The stage of the last row knows neither how many rows there were nor the seed. */
  @ParameterizedTest
  @ValueSource(ints = {3, 7, 100, 1000})
  void of_last_theSameForAnyNumberOfSteps(int steps) {
    Row fewest = Rows.LAST.of(table(Rows.FEWEST)).rows().get(0);
    Row last = Rows.LAST.of(table(steps)).rows().get(0);

    assertThat(last).usingRecursiveComparison().isEqualTo(fewest);
    assertThat(last.timestep()).isZero();
    assertThat(last.noisy()).isFalse();
    assertThat(Rows.BUT_LAST.of(table(steps)).rows().get(0).noisy()).isTrue();
  }

  private static SamplerTable table(int steps) {
    return Sampler.of("unclip", SamplerOptions.of(0, Spacing.LINSPACE, 0))
        .table(SCHEDULE, Objective.NOISE, steps);
  }
}
