package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OptimizerConfigTest {
  private static final OptimizerConfig CONFIG =
      new OptimizerConfig(2, 10, 110, 0.1, 0.9, 0.99, 0.01, 1, 0.998);

  @Test
  void rate_warmup_risesLinearlyToThePeak() {
    assertThat(CONFIG.rate(0)).isCloseTo(0.2, within(1e-12));
    assertThat(CONFIG.rate(4)).isCloseTo(1, within(1e-12));
    assertThat(CONFIG.rate(9)).isCloseTo(2, within(1e-12));
  }

  @Test
  void rate_afterWarmup_fallsAlongACosineToTheFloor() {
    assertThat(CONFIG.rate(10)).isCloseTo(2, within(1e-12));
    assertThat(CONFIG.rate(60)).isCloseTo(2 * 0.55, within(1e-12));
    assertThat(CONFIG.rate(110)).isCloseTo(0.2, within(1e-12));
    assertThat(CONFIG.rate(1_000_000)).isCloseTo(0.2, within(1e-12));
    for (int step = 10; step < 110; step++) {
      assertThat(CONFIG.rate(step + 1)).isLessThan(CONFIG.rate(step));
    }
  }

  @Test
  void rate_noWarmupNoSteps_defined() {
    OptimizerConfig config = new OptimizerConfig(1, 0, 0, 0.5, 0.9, 0.99, 0, 1, 0);
    assertThat(config.rate(0)).isCloseTo(1, within(1e-12));
    assertThat(config.rate(1)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void new_valueOutOfRange_refusedByName() {
    assertThatThrownBy(() -> new OptimizerConfig(Double.NaN, 0, 1, 0, 0.9, 0.9, 0, 1, 0))
        .hasMessageContaining("learning_rate: NaN");
    assertThatThrownBy(() -> new OptimizerConfig(1, 0, 1, 0, 1, 0.9, 0, 1, 0))
        .hasMessageContaining("beta1: 1.0");
    assertThatThrownBy(() -> new OptimizerConfig(1, 0, 1, 0, 0.9, 0.9, 0, 0, 0))
        .hasMessageContaining("clip_norm: 0.0");
    assertThatThrownBy(() -> new OptimizerConfig(1, -1, 1, 0, 0.9, 0.9, 0, 1, 0))
        .hasMessageContaining("warmup_steps: -1");
  }
}
