package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.Denoised;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.runner.TinyStages;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic around the U-Net, against plain Java. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class DenoiserTest {
  private static final int SIDE = 8;
  private static final int PIXELS = 3 * SIDE * SIDE;
  private static final Denoiser DENOISER =
      new Denoiser(new UnetPredictor(new Unet(TinyStages.unet(false)), SIDE));
  private static final CounterNoise NOISE = new CounterNoise(1, "test", "denoiser");
  private static final float[] X = NOISE.normals(0, PIXELS);

  /** x₀ = 2x + 3m. */
  private static final Row ROW = new Row(40, 0.9, 2, 3, new double[][] {{1, 0, 0, 0}});

  @ParameterizedTest
  @CsvSource({
    "static, 0.9, 1",
    "dynamic, 0.9, 100",
    "dynamic, 0.5, 1.5",
    "dynamic, 0.123, 100",
    "dynamic, 0, 100",
    "dynamic, 1, 100"
  })
  void denoise_threshold_asInPlainJava(String kind, double percentile, double cap) {
    float[] raw = denoise(StepSettings.of(1, "none", 0, 1, 0)).x0();
    Denoised bounded = denoise(StepSettings.of(1, kind, percentile, cap, 0));
    float[] expected = bounded(raw, kind, percentile, cap);
    assertThat(Fixture.difference(bounded.x0(), expected)).isLessThan(1e-6);
    assertThat(Fixture.difference(raw, expected)).isGreaterThan(0.1);
  }

  private static float[] bounded(float[] raw, String kind, double percentile, double cap) {
    float[] sorted = raw.clone();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(sorted[i]);
    }
    Arrays.sort(sorted);
    double position = percentile * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    double quantile = sorted[below] + (sorted[above] - sorted[below]) * (position - below);
    double bound = kind.equals("static") ? 1 : Math.min(cap, Math.max(1, quantile));
    float[] result = new float[raw.length];
    for (int i = 0; i < raw.length; i++) {
      double clipped = Math.max(-bound, Math.min(bound, raw[i]));
      result[i] = (float) (kind.equals("dynamic") ? clipped / bound : clipped);
    }
    return result;
  }

  /** The model sees the scaled x, the arithmetic around it the x as it is. */
  @Test
  void denoise_inputScale_scalesOnlyWhatTheModelSees() {
    double[][] next = {{1, 0, 0, 0}};
    float[] halved = X.clone();
    for (int i = 0; i < PIXELS; i++) {
      halved[i] = X[i] / 2;
    }
    Denoised scaled = denoise(X, new Row(40, 0.5, 1, 0, next));
    Denoised given = denoise(halved, new Row(40, 1, 1, 0, next));
    Denoised whole = denoise(X, new Row(40, 1, 1, 0, next));
    assertThat(scaled.prediction()).isEqualTo(given.prediction());
    assertThat(Fixture.difference(scaled.prediction(), whole.prediction())).isGreaterThan(1e-2);
    assertThat(scaled.x0()).isEqualTo(X);
  }

  @Test
  void denoise_row_makesX0OfXAndPrediction() {
    Denoised denoised = denoise(StepSettings.of(1, "none", 0, 1, 0));
    float[] expected = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      expected[i] = 2 * X[i] + 3 * denoised.prediction()[i];
    }
    assertThat(Fixture.difference(denoised.x0(), expected)).isLessThan(1e-5);
    assertThat(denoised.noiseScale()).isNull();
  }

  @Test
  void guidedDenoise_weight_movesAlongTheDifferenceOfTheBranches() {
    float[] caption = guided(1);
    float[] other = guided(0);
    float[] strong = guided(4);
    assertThat(caption).isNotEqualTo(other);
    float[] expected = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      expected[i] = other[i] + 4 * (caption[i] - other[i]);
    }
    assertThat(Fixture.difference(strong, expected)).isLessThan(2e-5);
    float[] unguided = denoise(StepSettings.of(1, "none", 0, 1, 0)).x0();
    assertThat(Fixture.difference(caption, unguided)).isLessThan(2e-5);
  }

  private static float[] guided(double weight) {
    StepSettings settings = StepSettings.of(weight, "none", 0, 1, 0);
    List<Input> inputs = new ArrayList<>(inputs(X, ROW, settings));
    inputs.addAll(caption(0));
    return call(Denoiser.GUIDED_DENOISE, inputs).x0();
  }

  private static Denoised denoise(StepSettings settings) {
    return call(Denoiser.DENOISE, inputs(X, ROW, settings));
  }

  private static Denoised denoise(float[] x, Row row) {
    return call(Denoiser.DENOISE, inputs(x, row, StepSettings.of(1, "none", 0, 1, 0)));
  }

  private static Denoised call(String method, List<Input> inputs) {
    var graph = DENOISER.samplingGraph();
    try (TorchModule module =
        TorchModule.load(graph, Initialization.random(graph, 3), "cpu", Mode.FROZEN)) {
      return Denoised.of(module.call(method, inputs), 0);
    }
  }

  private static List<Input> inputs(float[] x, Row present, StepSettings settings) {
    float[] row = settings.pack(present);
    List<Input> caption = caption(1);
    return List.of(
        floats(x, 1, 3, SIDE, SIDE),
        floats(row, 1, row.length),
        caption.get(0),
        caption.get(1),
        caption.get(2));
  }

  private static List<Input> caption(float keep) {
    float[] mask = {1, 1, 1, 0, 0, 0};
    return List.of(
        floats(NOISE.normals(1, 48), 1, 6, 8), floats(mask, 1, 6), floats(new float[] {keep}, 1));
  }

  private static Input floats(float[] data, long... shape) {
    return new Input.Floats(HostTensor.of(data, shape));
  }
}
