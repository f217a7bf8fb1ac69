package dev.cascadefarm.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepsTest {
  private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000);
  private static final double X0 = 0.37;
  private static final double EPSILON = -1.2;

  @ParameterizedTest
  @CsvSource({"50, 1, 0", "50, 0.8, 10", "50, 0.58, 22", "10, 0.35, 7", "3, 0.34, 2", "1, 1, 0"})
  void of_strength_asManyStepsRoundedDown(int count, double strength, int first) {
    assertThat(Steps.of(count, strength)).isEqualTo(new Steps(count, first));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
  void of_strengthOutOfRange_refused(double strength) {
    assertThatThrownBy(() -> Steps.of(10, strength))
        .hasMessage("strength: " + strength + " (expected: above 0, at most 1)");
  }

  @Test
  void of_noStepLeft_refused() {
    assertThatThrownBy(() -> Steps.of(10, 0.09))
        .hasMessage("strength: 0.09 (expected: >= 1/10, for one of 10 steps)");
    assertThatThrownBy(() -> new Steps(10, 10)).hasMessage("first: 10 (expected: 0 to 9)");
  }

  static List<String> fromPictures() {
    return Sampler.NAMES.stream().filter(name -> !name.equals("pndm_prk")).toList();
  }

  /** A model that knows x₀ brings a picture back, whatever noise and however little. */
  @ParameterizedTest
  @MethodSource("fromPictures")
  void table_perfectModelFromNoisedPicture_endsAtX0(String name) {
    for (int first = 0; first < 10; first++) {
      SamplerTable table = table(name, new Steps(10, first));
      double[] state = new double[1 + table.history()];
      state[0] = table.noising().signal() * X0 + table.noising().spread() * EPSILON;
      double sigma = LINEAR.sigma(table.rows().get(0).timestep());
      assertThat(table.noising().spread() / table.noising().signal())
          .isCloseTo(sigma, within(1e-9 * sigma));
      for (Row row : table.rows()) {
        double x0 = x0(row, state[0]);
        assertThat(x0).as(name + " from " + first).isCloseTo(X0, within(1e-8));
        state = next(row, state, x0);
      }
      assertThat(state[0]).as(name + " from " + first).isCloseTo(X0, within(1e-8));
    }
  }

  /** What our own samplers do not inherit from rows that were left out. */
  @ParameterizedTest
  @MethodSource("fromPictures")
  void table_laterFirst_startsFromHistoryOfNothing(String name) {
    SamplerTable table = table(name, new Steps(10, 4));
    for (double[] each : table.rows().get(0).next()) {
      for (int k = 1; k <= table.history(); k++) {
        boolean shifts = name.equals("lms") && each[0] == 0;
        assertThat(each[k] == 0 || shifts).as(name).isTrue();
      }
    }
    assertThat(table.rows()).hasSize(name.equals("heun") ? 11 : name.equals("pndm") ? 7 : 6);
    assertThat(table.rows().get(0).timestep())
        .isEqualTo(table(name, Steps.all(10)).rows().get(row(name)).timestep());
  }

  private static int row(String name) {
    return name.equals("heun") ? 8 : name.equals("pndm") ? 5 : 4;
  }

  @Test
  void table_pndmPrkFromPicture_refused() {
    assertThatThrownBy(() -> table("pndm_prk", new Steps(10, 1)))
        .hasMessageContaining("first: 1 (expected: 0");
  }

  private static SamplerTable table(String name, Steps steps) {
    SamplerOptions options = SamplerOptions.of(0, Spacing.LEADING, 0);
    return Sampler.of(name, options).table(LINEAR, Objective.NOISE, steps);
  }

  private static double x0(Row row, double x) {
    double sigma = LINEAR.sigma(row.timestep());
    double signal = 1 / Math.sqrt(sigma * sigma + 1);
    double prediction = (row.inputScale() * x - signal * X0) / (signal * sigma);
    return row.x0FromX() * x + row.x0FromPrediction() * prediction;
  }

  /** Without noise, so that the state stays on its level but for what the sampler adds. */
  private static double[] next(Row row, double[] state, double x0) {
    double[] next = new double[state.length];
    for (int r = 0; r < next.length; r++) {
      for (int k = 0; k < state.length; k++) {
        next[r] += row.next()[r][k] * state[k];
      }
      next[r] += row.next()[r][state.length] * x0;
    }
    return next;
  }
}
