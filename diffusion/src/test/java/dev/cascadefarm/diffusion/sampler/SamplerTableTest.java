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
    return Sampler.of(name, options).table(COSINE, Objective.NOISE, 10).withHistory(0).rows();
  }

  private static double spread(LearnedVariance variance, double v) {
    return Math.exp((variance.slope() * v + variance.offset()) / 2);
  }

  @Test
  void withHistory_learnedVariance_kept() {
    SamplerHabits habits =
        new SamplerHabits(
            true,
            true,
            FinalSigma.ZERO,
            SamplerHabits.Variance.LEARNED_RANGE,
            SamplerHabits.Multistep.USUAL);
    SamplerTable table =
        Sampler.of("ddpm", new SamplerOptions(0, Spacing.LEADING, 0, habits))
            .table(COSINE, Objective.NOISE, 5);
    assertThat(table.withHistory(3).rows().get(1).learned())
        .isEqualTo(table.rows().get(1).learned())
        .isNotEqualTo(LearnedVariance.NONE);
  }

  @Test
  void withHistory_moreThanUsed_restStaysZero() {
    SamplerTable table =
        Sampler.of("ddim", SamplerOptions.of(1, Spacing.TRAILING, 0)).table(COSINE, Objective.V, 3);
    SamplerTable wide = table.withHistory(2);
    double[] narrow = table.rows().get(0).next()[0];
    double[][] next = wide.rows().get(0).next();
    assertThat(next[0]).containsExactly(narrow[0], 0, 0, narrow[1], narrow[2], narrow[3]);
    assertThat(next[1]).containsOnly(0);
    assertThat(next[2]).containsOnly(0).hasSize(6);
    assertThat(wide.rows().get(0).noisy()).isTrue();
    assertThatThrownBy(() -> wide.withHistory(1))
        .hasMessage("history: 1 (expected: >= 2 for this sampler)");
  }

  @Test
  void samplerTable_raggedRow_refused() {
    Row ragged = new Row(0, 1, 0, 1, new double[][] {{0, 1, 0, 0, 0}, {0, 1, 0, 0}});
    assertThatThrownBy(() -> new SamplerTable(List.of(ragged), 1, 1, new Noising(1, 0)))
        .hasMessageContaining("expected: 2×5");
  }
}
