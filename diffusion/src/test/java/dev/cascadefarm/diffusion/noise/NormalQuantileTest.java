package dev.cascadefarm.diffusion.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalQuantileTest {
  /** Computed by SciPy. */
  @ParameterizedTest
  @CsvSource({
    "1.1641532182693481E-10, -6.3379577545537895",
    "1E-9, -5.9978070150076865",
    "1E-6, -4.753424308822899",
    "0.001, -3.090232306167813",
    "0.0749, -1.4402382675279635",
    "0.0751, -1.4388253927525403",
    "0.2, -0.8416212335729142",
    "0.4, -0.2533471031357997",
    "0.6, 0.2533471031357997",
    "0.9251, 1.4402382675279635",
    "0.975, 1.959963984540054",
    "0.999999, 4.753424308817087"
  })
  void of_probability_deviateBelowWhichItLies(double p, double deviate) {
    assertThat(NormalQuantile.of(p))
        .isCloseTo(deviate, within(4e-7 * Math.max(1, Math.abs(deviate))));
  }

  @Test
  void of_mirrored_oppositeSign() {
    for (double p : new double[] {0x1p-33, 0x1p-12, 0.0625, 0.25, 0.4375}) {
      assertThat(NormalQuantile.of(1 - p)).isEqualTo(-NormalQuantile.of(p));
    }
    assertThat(NormalQuantile.of(0.5)).isZero();
  }

  /** Also across the seams between the quotients. */
  @Test
  void of_growingProbability_growingDeviate() {
    double last = NormalQuantile.of(0x1p-33);
    for (double p = 1e-9; p < 1; p = Math.min(p * 1.001, p + 1e-4)) {
      double next = NormalQuantile.of(p);
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }
}
