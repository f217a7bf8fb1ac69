package dev.cascadefarm.diffusion.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CounterNoiseTest {
  private static final CounterNoise NOISE = new CounterNoise(42, "base", "start");

  /** Computed by an independent implementation of Philox and CRC-32C in Python, and by SciPy. */
  @Test
  void normals_goldenSeeds_independentNumbers() {
    assertThat(NOISE.normals(0, 6))
        .containsExactly(
            new float[] {-0.259142f, -0.62929f, 1.071743f, -0.631926f, 0.03907f, -2.732572f},
            within(1e-6f));
    assertThat(new CounterNoise((1L << 40) + 7, "sr64", "step").normals((1L << 33) + 5, 3))
        .containsExactly(new float[] {0.324289f, -1.172522f, 0.571612f}, within(1e-6f));
  }

  /** The same bits on every machine. */
  @Test
  void normals_goldenSeed_theseBits() {
    assertThat(NOISE.normals(0, 3)).containsExactly(-0.25914216f, -0.6292899f, 1.0717434f);
  }

  @Test
  void uniform_goldenSeed_independentNumbers() {
    CounterNoise times = new CounterNoise(5, "train", "time");
    assertThat(times.uniform(3, 0)).isEqualTo(0.35366192052606493);
    assertThat(times.uniform(3, 3)).isEqualTo(0.47538632748182863);
  }

  @Test
  void normals_million_momentsOfTheNormal() {
    float[] normals = NOISE.normals(9, 1_000_000);
    double mean = moment(normals, 1);
    assertThat(mean).isCloseTo(0, within(5e-3));
    assertThat(moment(normals, 2)).isCloseTo(1, within(6e-3));
    assertThat(moment(normals, 3)).isCloseTo(0, within(2e-2));
    assertThat(moment(normals, 4)).isCloseTo(3, within(5e-2));
  }

  @Test
  void normals_neighbours_uncorrelated() {
    float[] normals = NOISE.normals(1, 200_000);
    float[] nextRow = NOISE.normals(2, 200_000);
    double lag = 0;
    double rows = 0;
    for (int i = 0; i + 1 < normals.length; i++) {
      lag += normals[i] * normals[i + 1];
      rows += normals[i] * nextRow[i];
    }
    assertThat(lag / normals.length).isCloseTo(0, within(0.012));
    assertThat(rows / normals.length).isCloseTo(0, within(0.012));
  }

  @Test
  void normals_longerArray_samePrefix() {
    float[] whole = NOISE.normals(4, 64);
    for (int length = 0; length <= 9; length++) {
      assertThat(NOISE.normals(4, length)).isEqualTo(Arrays.copyOf(whole, length));
    }
  }

  /** However they are drawn, bit by bit. */
  @Test
  void normals_manyAtOnce_quantilesOfTheUniforms() {
    float[] normals = NOISE.normals(6, 10_001);
    for (int i = 0; i < normals.length; i++) {
      assertThat(normals[i]).isEqualTo((float) NormalQuantile.of(NOISE.uniform(6, i)));
    }
  }

  @Test
  void normals_drawnInAnyOrder_same() {
    CounterNoise fresh = new CounterNoise(42, "base", "start");
    float[] late = fresh.normals(7, 32);
    fresh.normals(3, 500);
    new CounterNoise(42, "base", "aug").normals(7, 32);
    assertThat(fresh.normals(7, 32)).isEqualTo(late).isEqualTo(NOISE.normals(7, 32));
  }

  @Test
  void normals_anyPartOfTheNameDiffers_otherNumbers() {
    float[] normals = NOISE.normals(0, 16);
    assertThat(new CounterNoise(43, "base", "start").normals(0, 16)).isNotEqualTo(normals);
    assertThat(new CounterNoise(42 + (1L << 32), "base", "start").normals(0, 16))
        .isNotEqualTo(normals);
    assertThat(new CounterNoise(42, "sr64", "start").normals(0, 16)).isNotEqualTo(normals);
    assertThat(new CounterNoise(42, "base", "step").normals(0, 16)).isNotEqualTo(normals);
    assertThat(new CounterNoise(42, "bases", "tart").normals(0, 16)).isNotEqualTo(normals);
    assertThat(NOISE.normals(1L << 32, 16)).isNotEqualTo(normals);
  }

  @Test
  void uniform_many_insideTheOpenUnitInterval() {
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      double uniform = NOISE.uniform(0, i);
      assertThat(uniform).isGreaterThan(0).isLessThan(1);
      sum += uniform;
    }
    assertThat(sum / 100_000).isCloseTo(0.5, within(5e-3));
  }

  private static double moment(float[] values, int power) {
    double sum = 0;
    for (float each : values) {
      sum += Math.pow(each, power);
    }
    return sum / values.length;
  }
}
