package dev.cascadefarm.diffusion.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionTest {
  private static final int SIZE = 192;
  private static final CounterNoise NOISE = new CounterNoise(1, "test", "prediction");
  private static final float[] X = NOISE.normals(0, SIZE);
  private static final Prediction MODEL = new Prediction(NOISE.normals(1, SIZE), null);

  /** x₀ = 2x + 3m. */
  private static final Row ROW = new Row(40, 0.9, 2, 3, new double[][] {{1, 0, 0, 0}});

  @Test
  void of_batch_theSamplesOwnPart() {
    List<HostTensor> outputs =
        List.of(
            HostTensor.of(new float[] {1, 2, 3, 4}, 2, 1, 1, 2),
            HostTensor.of(new float[] {5, 6, 7, 8}, 2, 1, 1, 2));
    assertThat(Prediction.of(outputs, 1))
        .isEqualTo(new Prediction(new float[] {3, 4}, new float[] {7, 8}));
    assertThat(Prediction.of(outputs.subList(0, 1), 0))
        .isEqualTo(new Prediction(new float[] {1, 2}, null));
  }

  @Test
  void x0_noThreshold_ofXAndPrediction() {
    float[] x0 = MODEL.x0(X, ROW, Threshold.of("none", 1, 1));
    for (int i = 0; i < SIZE; i++) {
      assertThat(x0[i]).isEqualTo(2 * X[i] + 3 * MODEL.values()[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "static, 0.9, 1",
    "dynamic, 0.9, 100",
    "dynamic, 0.5, 1.5",
    "dynamic, 0.123, 100",
    "dynamic, 0, 100",
    "dynamic, 1, 100"
  })
  void x0_threshold_asWithSortedMagnitudes(String kind, double percentile, double cap) {
    float[] raw = MODEL.x0(X, ROW, Threshold.of("none", 1, 1));
    float[] bounded = MODEL.x0(X, ROW, Threshold.of(kind, percentile, cap));
    double bound =
        kind.equals("static")
            ? 1
            : Math.min(cap, Math.max(1, MagnitudesTest.sorted(raw, (float) percentile)));
    for (int i = 0; i < SIZE; i++) {
      double clipped = Math.max(-bound, Math.min(bound, raw[i]));
      double expected = kind.equals("dynamic") ? clipped / bound : clipped;
      assertThat((double) bounded[i]).isCloseTo(expected, within(1e-6));
    }
  }
}
