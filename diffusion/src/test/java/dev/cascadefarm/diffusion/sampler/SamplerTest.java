package dev.cascadefarm.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final NoiseSchedule COSINE = NoiseSchedule.cosine(1000);
  private static final double X0 = 0.37;

  static Stream<Arguments> everyRun() {
    return Stream.of(new Ddpm(), new Ddim(0), new Ddim(0.5), new Ddim(1))
        .flatMap(
            sampler ->
                Stream.of(Objective.values())
                    .flatMap(
                        objective ->
                            Stream.of(1, 2, 7, 50)
                                .map(steps -> Arguments.of(sampler, objective, steps))));
  }

  @ParameterizedTest
  @MethodSource("everyRun")
  void table_perfectModel_endsAtX0(Sampler sampler, Objective objective, int steps) {
    SamplerTable table = sampler.table(COSINE, objective, steps);
    CounterNoise noise = new CounterNoise(1, "test", "z");
    double x = table.startScale() * noise.normals(0, 1)[0];
    for (int i = 0; i < steps; i++) {
      Row row = table.rows().get(i);
      double prediction = perfect(objective, x, COSINE.alphaBar((int) row.timestep()));
      double x0 = row.x0FromX() * x + row.x0FromPrediction() * prediction;
      assertThat(x0).isCloseTo(X0, within(1e-9));
      double[] next = row.next()[0];
      x = next[0] * x + next[1] * x0 + next[2] * prediction + next[3] * noise.normals(i, 1)[0];
    }
    assertThat(x).isCloseTo(X0, within(1e-9));
  }

  /** What a model predicts that knows x₀, at x = √ᾱ x₀ + √(1−ᾱ) ε. */
  private static double perfect(Objective objective, double x, double alphaBar) {
    double epsilon = (x - Math.sqrt(alphaBar) * X0) / Math.sqrt(1 - alphaBar);
    return switch (objective) {
      case NOISE -> epsilon;
      case X_START -> X0;
      case V -> Math.sqrt(alphaBar) * epsilon - Math.sqrt(1 - alphaBar) * X0;
    };
  }

  @ParameterizedTest
  @MethodSource("everyRun")
  void table_lastRow_takesNothingButX0(Sampler sampler, Objective objective, int steps) {
    Row last = sampler.table(COSINE, objective, steps).rows().get(steps - 1);
    assertThat(last.next()).isEqualTo(new double[][] {{0, 1, 0, 0}});
    assertThat(last.noisy()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {25, 100, 1000})
  void ddpm_allTimesteps_minImagensPosterior(int timesteps) {
    Map<String, HostTensor> recorded = Fixture.tensors("diffusion");
    SamplerTable table =
        new Ddpm().table(NoiseSchedule.linear(timesteps), Objective.NOISE, timesteps);
    for (int i = 0; i < timesteps; i++) {
      int t = timesteps - 1 - i;
      Row row = table.rows().get(i);
      assertThat(row.timestep()).isEqualTo(t);
      double[] next = row.next()[0];
      close(next[0], recorded.get(timesteps + ".posterior_mean_coef2").data()[t]);
      close(next[1], recorded.get(timesteps + ".posterior_mean_coef1").data()[t]);
      assertThat(next[2]).isZero();
      close(next[3] * next[3], recorded.get(timesteps + ".posterior_variance").data()[t]);
    }
  }

  private static void close(double actual, float recorded) {
    assertThat(actual).isCloseTo(recorded, within(2e-6 * Math.abs(recorded) + 1e-9));
  }

  @Test
  void ddim_fullEta_isDdpm() {
    List<Row> ddim = new Ddim(1).table(COSINE, Objective.V, 20).rows();
    List<Row> ddpm = new Ddpm().table(COSINE, Objective.V, 20).rows();
    for (int i = 0; i < 20; i++) {
      for (int column = 0; column < 4; column++) {
        assertThat(ddim.get(i).next()[0][column])
            .isCloseTo(ddpm.get(i).next()[0][column], within(1e-9));
      }
    }
  }

  @Test
  void ddim_smallerEta_lessNoise() {
    Row half = new Ddim(0.5).table(COSINE, Objective.V, 20).rows().get(3);
    Row whole = new Ddim(1).table(COSINE, Objective.V, 20).rows().get(3);
    assertThat(half.next()[0][3]).isCloseTo(whole.next()[0][3] / 2, within(1e-12)).isPositive();
    assertThat(new Ddim(0).table(COSINE, Objective.V, 20).rows()).noneMatch(Row::noisy);
    assertThat(new Ddpm().table(COSINE, Objective.V, 20).rows().subList(0, 19))
        .allMatch(Row::noisy);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 333, 999, 1000})
  void timesteps_anyCount_distinctAndDescendingFromTheLast(int steps) {
    List<Integer> timesteps = Sampler.timesteps(COSINE, steps);
    assertThat(timesteps).hasSize(steps).startsWith(999);
    assertThat(IntStream.range(1, steps))
        .allMatch(i -> timesteps.get(i) < timesteps.get(i - 1) && timesteps.get(i) >= 0);
  }

  @Test
  void timesteps_four_trailing() {
    assertThat(Sampler.timesteps(COSINE, 4)).containsExactly(999, 749, 499, 249);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1001})
  void table_stepsOutOfRange_refused(int steps) {
    assertThatThrownBy(() -> new Ddpm().table(COSINE, Objective.V, steps))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps: " + steps + " (expected: 1 to 1000)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void of_etaOutOfRange_refused(double eta) {
    assertThatThrownBy(() -> Sampler.of("ddim", eta)).hasMessageContaining("eta: " + eta);
  }

  @Test
  void of_unknownName_refused() {
    assertThatThrownBy(() -> Sampler.of("euler", 0))
        .hasMessage("sampler: euler (expected: ddpm or ddim)");
  }

  @Test
  void toX0_noSignalLeft_onlyNoiseIsRefused() {
    assertThatThrownBy(() -> Objective.NOISE.toX0(0)).hasMessageContaining("alphaBar: 0");
    assertThat(Objective.X_START.toX0(0)).containsExactly(0, 1);
    assertThat(Objective.V.toX0(0)).containsExactly(0, -1);
  }

  @Test
  void withHistory_moreThanUsed_restStaysZero() {
    SamplerTable table = new Ddim(1).table(COSINE, Objective.V, 3);
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
    assertThatThrownBy(() -> new SamplerTable(List.of(ragged), 1, 1))
        .hasMessageContaining("expected: 2×5");
  }
}
