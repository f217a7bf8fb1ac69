package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.scenes.Verdict.ObjectVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class OracleReportTest {
  private static final ObjectVerdict RIGHT = new ObjectVerdict(true, true, true, true);
  private static final ObjectVerdict BLOB = new ObjectVerdict(false, true, true, false);

  @Test
  void proportion_knownCounts_wilsonInterval() {
    Proportion proportion = new Proportion(96, 100);
    assertThat(proportion.low()).isCloseTo(0.9016, within(5e-4));
    assertThat(proportion.high()).isCloseTo(0.9843, within(5e-4));
    assertThat(new Proportion(10, 10).high()).isEqualTo(1);
    assertThat(new Proportion(0, 0).low()).isZero();
    assertThat(new Proportion(0, 0).high()).isEqualTo(1);
  }

  @Test
  void proportion_moreSuccessesThanTrials_refused() {
    assertThatThrownBy(() -> new Proportion(3, 2)).hasMessageContaining("3 of 2");
  }

  @Test
  void of_mixedVerdicts_countsBySceneKind() {
    OracleReport report =
        OracleReport.of(
            List.of(
                new Verdict(true, true, true, List.of(RIGHT)),
                new Verdict(true, true, true, List.of(BLOB)),
                new Verdict(true, true, true, List.of(RIGHT, RIGHT)),
                new Verdict(true, true, false, List.of(RIGHT, BLOB))));
    assertThat(report.exactOne()).isEqualTo(new Proportion(1, 2));
    assertThat(report.exactTwo()).isEqualTo(new Proportion(1, 2));
    assertThat(report.exact()).isEqualTo(new Proportion(2, 4));
    assertThat(report.texture()).isEqualTo(new Proportion(2, 4));
    assertThat(report.eachTexture()).isEqualTo(new Proportion(4, 6));
    assertThat(report.place()).isEqualTo(new Proportion(3, 4));
    assertThat(report.score()).isCloseTo((1 + 5 / 7.0 + 1 + 8 / 11.0) / 4, within(1e-12));
    assertThat(report.table()).contains("exact, two objects").contains("1/2");
  }

  @Test
  void table_noVerdicts_dashes() {
    assertThat(OracleReport.of(List.of()).table()).contains("exact, all").contains("-");
  }
}
