package dev.cascadefarm.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.sampler.SamplerHabits.FinalSigma;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTableTest {
  private static final NoiseSchedule COSINE = NoiseSchedule.cosine(1000);

  @ParameterizedTest
  @ValueSource(strings = {"ddpm", "unclip"})
  void table_learnedRange_betweenBothFixedVariances(String name) {
    List<Row> small = varied(name, SamplerHabits.Variance.SMALL);
    List<Row> large = varied(name, SamplerHabits.Variance.LARGE);
    List<Row> learned = varied(name, SamplerHabits.Variance.LEARNED_RANGE);
    for (int i = 0; i < 9; i++) {
      LearnedVariance variance = learned.get(i).learned();
      assertThat(spread(variance, -1)).isCloseTo(small.get(i).next()[0][3], within(1e-9));
      assertThat(spread(variance, 1)).isCloseTo(large.get(i).next()[0][3], within(1e-9));
      assertThat(learned.get(i).next()[0][3]).isEqualTo(1);
      assertThat(small.get(i).learned()).isEqualTo(LearnedVariance.NONE);
    }
    assertThat(learned.get(9).noisy()).isFalse();
    assertThat(learned.get(9).learned()).isEqualTo(LearnedVariance.NONE);
    assertThat(spread(LearnedVariance.NONE, 0.7)).isEqualTo(1);
  }

  private static List<Row> varied(String name, SamplerHabits.Variance variance) {
    SamplerHabits habits =
        new SamplerHabits(true, true, FinalSigma.ZERO, variance, SamplerHabits.Multistep.USUAL);
    SamplerOptions options = new SamplerOptions(0, Spacing.LEADING, 0, habits);
    return Sampler.of(name, options).table(COSINE, Objective.NOISE, 10).rows();
  }

  private static double spread(LearnedVariance variance, double v) {
    return Math.exp((variance.slope() * v + variance.offset()) / 2);
  }

  @Test
  void within_lessHistoryThanTheSamplerNeeds_refused() {
    SamplerTable table =
        Sampler.of("dpmpp_2m", SamplerOptions.of(0, Spacing.TRAILING, 0))
            .table(COSINE, Objective.V, 3);
    assertThat(table.within(1)).isSameAs(table);
    assertThatThrownBy(() -> table.within(0))
        .hasMessage("history: 0 (expected: >= 1 for this sampler)");
  }

  @Test
  void samplerTable_raggedRow_refused() {
    Row ragged = new Row(0, 1, 0, 1, new double[][] {{0, 1, 0, 0, 0}, {0, 1, 0, 0}});
    assertThatThrownBy(() -> new SamplerTable(List.of(ragged), 1, 1, new Noising(1, 0)))
        .hasMessageContaining("expected: 2×5");
  }
}
