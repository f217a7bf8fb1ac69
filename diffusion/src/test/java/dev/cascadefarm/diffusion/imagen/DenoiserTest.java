package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Prediction;
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
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

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

  private static final Row ROW = row(0.9);

  @Test
  void denoise_inputScale_scalesWhatTheModelSees() {
    float[] halved = X.clone();
    for (int i = 0; i < PIXELS; i++) {
      halved[i] = X[i] / 2;
    }
    float[] scaled = denoise(X, row(0.5)).values();
    assertThat(scaled).isEqualTo(denoise(halved, row(1)).values());
    assertThat(Fixture.difference(scaled, denoise(X, row(1)).values())).isGreaterThan(1e-2);
  }

  @Test
  void denoise_networkWithoutVariance_noNoiseScale() {
    assertThat(denoise(X, ROW).noiseScale()).isNull();
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
    assertThat(Fixture.difference(strong, expected)).isLessThan(1e-5);
    assertThat(Fixture.difference(caption, denoise(X, ROW).values())).isLessThan(1e-5);
  }

  private static float[] guided(double weight) {
    List<Input> inputs = new ArrayList<>(inputs(X, ROW, weight));
    inputs.addAll(caption(0));
    return call(Denoiser.GUIDED_PREDICT, inputs).values();
  }

  private static Prediction denoise(float[] x, Row row) {
    return call(Denoiser.PREDICT, inputs(x, row, 1));
  }

  private static Row row(double inputScale) {
    return new Row(40, inputScale, 1, 0, new double[][] {{1, 0, 0, 0}});
  }

  private static Prediction call(String method, List<Input> inputs) {
    var graph = DENOISER.samplingGraph();
    try (TorchModule module =
        TorchModule.load(graph, Initialization.random(graph, 3), "cpu", Mode.FROZEN)) {
      return Prediction.of(module.call(method, inputs), 0);
    }
  }

  private static List<Input> inputs(float[] x, Row present, double guidance) {
    float[] row = StepSettings.of(guidance, "none", 1, 1, 0).pack(present);
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
