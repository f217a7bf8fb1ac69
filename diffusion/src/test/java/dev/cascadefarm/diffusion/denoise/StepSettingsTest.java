package dev.cascadefarm.diffusion.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.sampler.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepSettingsTest {
  @Test
  void of_dynamic_clipsAtLeastAtOneAndDivides() {
    assertThat(StepSettings.of(3, "dynamic", 0.95, 10, 0).threshold())
        .isEqualTo(new Threshold(0.95, 1, 10, true));
  }

  @Test
  void of_static_clipsAtOne() {
    assertThat(StepSettings.of(3, "static", 0.95, 10, 0).threshold())
        .isEqualTo(new Threshold(1, 1, 1, false));
  }

  @Test
  void of_none_neverClips() {
    assertThat(StepSettings.of(3, "none", 0.95, 10, 0).threshold().floor())
        .isEqualTo(Float.MAX_VALUE);
  }

  @Test
  void of_unknownThreshold_refused() {
    assertThatThrownBy(() -> StepSettings.of(3, "soft", 0.95, 10, 0))
        .hasMessage("threshold: soft (expected: none, static or dynamic)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.0001, Double.NaN})
  void of_percentileOutOfRange_refused(double percentile) {
    assertThatThrownBy(() -> StepSettings.of(3, "dynamic", percentile, 10, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percentile: " + percentile + " (expected: 0 to 1)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 0, 0.99, Double.NaN})
  void of_capBelowTheFloor_refused(double cap) {
    assertThatThrownBy(() -> StepSettings.of(3, "dynamic", 0.9, cap, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cap: " + cap + " (expected: >= 1.0)");
  }

  @ParameterizedTest
  @CsvSource({"1, false", "0, true", "3, true", "0.999, true"})
  void guided_weight_isNotOne(double guidance, boolean guided) {
    assertThat(StepSettings.of(guidance, "none", 0, 1, 0).guided()).isEqualTo(guided);
  }

  @Test
  void pack_rowAndSettings_inTheGraphsOrder() {
    Row row = new Row(500, 0.5, 0.25, -0.75, new double[][] {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}});
    assertThat(StepSettings.of(3, "dynamic", 0.9, 10, 200).pack(row))
        .containsExactly(500, 0.5f, 3, 200)
        .hasSize(StepRow.width(false));
  }
}
