package dev.cascadefarm.diffusion.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagnitudesTest {
  /** Computed by torch.quantile. */
  @Test
  void quantile_fewNumbers_pytorchs() {
    float[] values = {-3, 0.5f, 2, -0.25f, 1};
    assertThat(Magnitudes.quantile(values, 0)).isEqualTo(0.25f);
    assertThat(Magnitudes.quantile(values, 0.3f)).isEqualTo(0.6f);
    assertThat(Magnitudes.quantile(values, 0.5f)).isEqualTo(1);
    assertThat(Magnitudes.quantile(values, 0.9f)).isEqualTo(2.6f);
    assertThat(Magnitudes.quantile(values, 1)).isEqualTo(3);
  }

  /** All sizes of numbers, many of them equal, in every second case. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void quantile_whereverItFalls_thatOfTheSorted(long seed) {
    SplittableRandom draws = new SplittableRandom(seed);
    float[] values = new float[draws.nextInt(1, 5000)];
    for (int i = 0; i < values.length; i++) {
      double size = seed % 2 == 0 ? draws.nextInt(4) : Math.exp(draws.nextDouble(-90, 80));
      values[i] = (float) (draws.nextBoolean() ? size : -size);
    }
    for (float share : new float[] {0, (float) draws.nextDouble(), 0.9f, 0.995f, 1}) {
      assertThat(Magnitudes.quantile(values, share)).isEqualTo(sorted(values, share));
    }
  }

  @Test
  void quantile_notANumber_largest() {
    float[] values = {Float.NaN, 1, Float.POSITIVE_INFINITY, -2};
    assertThat(Magnitudes.quantile(values, 0)).isEqualTo(1);
    assertThat(Magnitudes.quantile(values, 1)).isNaN();
  }

  /** The quantile of the magnitudes, by sorting them. */
  static float sorted(float[] values, float share) {
    float[] sorted = values.clone();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(sorted[i]);
    }
    Arrays.sort(sorted);
    float position = share * (sorted.length - 1);
    int below = (int) position;
    float upper = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (upper - sorted[below]) * (position - below);
  }
}
