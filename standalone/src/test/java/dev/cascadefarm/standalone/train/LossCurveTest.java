package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.train.Trainer.Validation;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LossCurveTest {
  private static final int BLUE = 0x2563eb;
  private static final int ORANGE = 0xea580c;

  @Test
  void mean_manySteps_stretchByStretch() {
    LossCurve curve = new LossCurve(4800);
    for (long step = 1; step <= 20; step++) {
      curve.add(step, step <= 10 ? 4 : 2);
    }
    assertThat(curve.mean(0)).isCloseTo(4, within(1e-12));
    assertThat(curve.mean(1)).isCloseTo(2, within(1e-12));
    assertThat(curve.mean(2)).isNaN();
    assertThat(curve.range()).containsExactly(2, 4);
  }

  @Test
  void image_nothingYet_frameOnly() {
    assertThat(colours(new LossCurve(0).image())).doesNotContainKeys(BLUE, ORANGE);
  }

  @Test
  void image_lossesAndValidations_bothDrawn() {
    LossCurve curve = new LossCurve(100);
    for (long step = 1; step <= 100; step++) {
      curve.add(step, 1.0 / step);
    }
    curve.add(new Validation(50, 0.1f));
    curve.add(new Validation(100, 0.05f));
    Map<Integer, Integer> colours = colours(curve.image());
    assertThat(colours.get(BLUE)).isGreaterThan(500);
    assertThat(colours.get(ORANGE)).isGreaterThan(200);
  }

  @Test
  void add_zeroAndNoNumber_notInTheRange() {
    LossCurve curve = new LossCurve(2);
    curve.add(1, Double.NaN);
    curve.add(2, 0);
    assertThat(curve.range()).isEmpty();
    assertThat(colours(curve.image())).doesNotContainKey(BLUE);
  }

  private static Map<Integer, Integer> colours(BufferedImage image) {
    Map<Integer, Integer> colours = new HashMap<>();
    for (int p = 0; p < LossCurve.WIDTH * LossCurve.HEIGHT; p++) {
      colours.merge(
          image.getRGB(p % LossCurve.WIDTH, p / LossCurve.WIDTH) & 0xFFFFFF, 1, Integer::sum);
    }
    return colours;
  }
}
