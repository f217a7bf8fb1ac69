package dev.cascadefarm.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseScheduleTest {
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("diffusion");

  @ParameterizedTest
  @ValueSource(ints = {25, 100, 1000})
  void linear_anyTimesteps_minImagensBuffers(int timesteps) {
    float[] expected = RECORDED.get(timesteps + ".alphas_cumprod").data();
    NoiseSchedule schedule = NoiseSchedule.linear(timesteps);
    assertThat(schedule.timesteps()).isEqualTo(timesteps);
    for (int t = 0; t < timesteps; t++) {
      assertThat(schedule.alphaBar(t)).isCloseTo(expected[t], within(1e-6 * expected[t] + 1e-12));
    }
  }

  @Test
  void linear_anotherLength_notTheRecordedBuffers() {
    float[] recorded = RECORDED.get("100.alphas_cumprod").data();
    assertThat(NoiseSchedule.linear(101).alphaBar(50)).isNotCloseTo(recorded[50], within(1e-4));
  }

  @Test
  void cosine_thousandTimesteps_recordedNumbers() {
    float[] expected = RECORDED.get("1000.cosine").data();
    NoiseSchedule schedule = NoiseSchedule.cosine(1000);
    for (int t = 0; t < 1000; t++) {
      assertThat(schedule.alphaBar(t)).isCloseTo(expected[t], within(1e-6 * expected[t] + 1e-12));
    }
  }

  @Test
  void cosine_fourTimesteps_lastBetaIsCapped() {
    NoiseSchedule schedule = NoiseSchedule.cosine(4);
    assertThat(schedule.alphaBar(0)).isCloseTo(0.8470121613269047, within(1e-12));
    assertThat(schedule.alphaBar(3) / schedule.alphaBar(2)).isCloseTo(0.001, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "cosine"})
  void alphaBar_anySchedule_fallsFromOneAndStaysPositive(String name) {
    NoiseSchedule schedule = NoiseSchedule.of(name, 1000);
    assertThat(schedule.alphaBar(-1)).isEqualTo(1);
    for (int t = 0; t < 1000; t++) {
      assertThat(schedule.alphaBar(t)).isPositive().isLessThan(schedule.alphaBar(t - 1));
    }
  }

  @Test
  void linear_twentyTimesteps_refused() {
    assertThatThrownBy(() -> NoiseSchedule.linear(20))
        .hasMessage("timesteps: 20 (expected: >= 21)");
    assertThat(NoiseSchedule.linear(21).alphaBar(20)).isPositive();
  }

  @Test
  void of_unknownName_refused() {
    assertThatThrownBy(() -> NoiseSchedule.of("sigmoid", 100)).hasMessageContaining("sigmoid");
    assertThatThrownBy(() -> NoiseSchedule.cosine(1)).hasMessageContaining("expected: >= 2");
  }

  @Test
  void timestepOf_level_truncatesWithinTheSchedule() {
    NoiseSchedule schedule = NoiseSchedule.cosine(1000);
    assertThat(schedule.timestepOf(0)).isZero();
    assertThat(schedule.timestepOf(0.2)).isEqualTo(200);
    assertThat(schedule.timestepOf(0.9999)).isEqualTo(999);
    assertThat(schedule.timestepOf(1)).isEqualTo(999);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void timestepOf_levelOutOfRange_refused(double level) {
    assertThatThrownBy(() -> NoiseSchedule.cosine(10).timestepOf(level))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: 0 to 1");
  }

  @Test
  void sigma_betweenTimesteps_linear() {
    NoiseSchedule schedule = NoiseSchedule.ofAlphaBars(0.8, 0.5, 0.2, 0);
    assertThat(schedule.timesteps()).isEqualTo(4);
    assertThat(schedule.sigma(0)).isEqualTo(0.5, within(1e-12));
    assertThat(schedule.sigma(1)).isEqualTo(1, within(1e-12));
    assertThat(schedule.sigma(0.25)).isEqualTo(0.625, within(1e-12));
    assertThat(schedule.sigma(2)).isEqualTo(2, within(1e-12));
    assertThat(schedule.sigma(3)).isInfinite();
  }

  @Test
  void ofAlphaBars_notFallingWithinRange_refused() {
    assertThatThrownBy(() -> NoiseSchedule.ofAlphaBars(1.0))
        .hasMessage("alphaBar: 1.0 after 1.0 (expected: falling from below 1 to 0 or more)");
    assertThatThrownBy(() -> NoiseSchedule.ofAlphaBars(0.5, 0.6)).hasMessageContaining("0.6 after");
    assertThatThrownBy(() -> NoiseSchedule.ofAlphaBars(0.5, -0.1)).hasMessageContaining("-0.1");
    assertThatThrownBy(() -> NoiseSchedule.ofAlphaBars(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(NoiseSchedule::ofAlphaBars).hasMessage("timesteps: 0 (expected: >= 1)");
  }
}
