package dev.cascadefarm.diffusion.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.sampler.Row;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SampleStateTest {
  private static final int SIZE = 37;
  private static final CounterNoise NOISE = new CounterNoise(1, "test", "state");
  private static final float[] X = NOISE.normals(0, SIZE);
  private static final float[] Z = NOISE.normals(1, SIZE);
  private static final float[] NAN = filled(Float.NaN);
  private static final float[] X0 = NOISE.normals(2, SIZE);
  private static final Prediction MODEL = new Prediction(NOISE.normals(3, SIZE), null);

  /** Every column of every tensor has a number of its own. */
  private static final Row ROW =
      row(new double[][] {{0.5, -0.25, 0.125, 2, 0.75}, {-1, 0.3, 0.7, -0.2, 0.1}});

  @Test
  void start_history_isZeros() {
    SampleState state = SampleState.start(X, 2);
    assertThat(state.x()).isEqualTo(X);
    assertThat(state.history(1)).isEqualTo(filled(0)).isEqualTo(state.history(2));
  }

  @Test
  void next_anyRow_isTheMatrixTimesTheState() {
    SampleState state = SampleState.start(X, 1).next(ROW, X0, MODEL, Z);
    SampleState next = state.next(ROW, X0, MODEL, Z);
    for (int i = 0; i < SIZE; i++) {
      assertThat((double) next.x()[i]).isCloseTo(sum(state, 0, i), within(1e-5));
      assertThat((double) next.history(1)[i]).isCloseTo(sum(state, 1, i), within(1e-5));
    }
  }

  private static double sum(SampleState state, int tensor, int i) {
    double[] by = ROW.next()[tensor];
    return by[0] * state.x()[i]
        + by[1] * state.history(1)[i]
        + by[2] * X0[i]
        + by[3] * MODEL.values()[i]
        + by[4] * Z[i];
  }

  @Test
  void next_columnWithoutPart_notRead() {
    Row quiet = row(new double[][] {{0.5, 2, 0, 0}});
    SampleState state = SampleState.start(X, 0);
    float[] expected = state.next(quiet, X0, MODEL, Z).x();
    Prediction strange = new Prediction(NAN, NAN);
    assertThat(state.next(quiet, X0, strange, new float[0]).x()).isEqualTo(expected);
  }

  @Test
  void next_learnedVariance_scalesTheNoiseOnly() {
    Row noisy = row(new double[][] {{0, 1, 0, 2}});
    Prediction scaled = new Prediction(MODEL.values(), filled(3));
    float[] next = SampleState.start(X, 0).next(noisy, X0, scaled, Z).x();
    for (int i = 0; i < SIZE; i++) {
      assertThat(next[i]).isEqualTo(X0[i] + 2 * (3 * Z[i]));
    }
  }

  private static Row row(double[][] next) {
    return new Row(40, 1, 1, 0, next);
  }

  private static float[] filled(float value) {
    float[] all = new float[SIZE];
    Arrays.fill(all, value);
    return all;
  }
}
