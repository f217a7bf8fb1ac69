package dev.cascadefarm.diffusion.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.sampler.LearnedVariance;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A model whose second channel says the variance, against plain Java. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class LearnedVarianceTest {
  private static final float[] X = {0.5f, -1, 2, 0.25f};
  private static final float[] Z = {1, -0.5f, 0.75f, -2};
  private static final double GAIN = 0.8;
  private static final double OTHER_GAIN = -0.3;

  /** x₀ = x − m, and the next x is x₀ + 2z. */
  private static final Row ROW =
      new Row(10, 1, 1, -1, new double[][] {{0, 1, 0, 2}}, new LearnedVariance(1.5, -0.7));

  @Test
  void step_everyPixel_noiseAsItsOwnVarianceSays() {
    float[] next = step(ROW, 1);
    for (int i = 0; i < X.length; i++) {
      assertThat((double) next[i]).isCloseTo(X[i] * (1 - GAIN) + noise(i), within(1e-5));
    }
  }

  /** The prediction is guided, the variance is that of the branch that follows the caption. */
  @Test
  void guidedStep_varianceOfTheCaptionsBranch() {
    float[] next = step(ROW, 3);
    double guided = OTHER_GAIN + 3 * (GAIN - OTHER_GAIN);
    for (int i = 0; i < X.length; i++) {
      assertThat((double) next[i]).isCloseTo(X[i] * (1 - guided) + noise(i), within(1e-5));
    }
  }

  @Test
  void step_rowWithoutLearnedVariance_noiseAsItIs() {
    Row fixed = new Row(10, 1, 1, -1, new double[][] {{0, 1, 0, 2}});
    float[] next = step(fixed, 1);
    for (int i = 0; i < X.length; i++) {
      assertThat((double) next[i]).isCloseTo(X[i] * (1 - GAIN) + 2 * Z[i], within(1e-5));
    }
  }

  private static double noise(int i) {
    double variance = GAIN * X[i] * X[i];
    return 2 * Z[i] * Math.exp((1.5 * variance - 0.7) / 2);
  }

  private static float[] step(Row row, double guidance) {
    StepSettings settings = StepSettings.of(guidance, "none", 0, 1, 0);
    float[] packed = settings.pack(row, true);
    List<Input> inputs = new ArrayList<>();
    inputs.add(floats(X, 1, 1, 2, 2));
    inputs.add(floats(packed, 1, packed.length));
    inputs.add(floats(new float[] {(float) GAIN}, 1));
    if (settings.guided()) {
      inputs.add(floats(new float[] {(float) OTHER_GAIN}, 1));
    }
    Graph graph = new Denoiser(new Squares()).samplingGraph();
    String method = settings.guided() ? Denoiser.GUIDED_PREDICT : Denoiser.PREDICT;
    try (TorchModule module = TorchModule.load(graph, Map.of(), "cpu", Mode.FROZEN)) {
      Prediction prediction = Prediction.of(module.call(method, inputs), 0);
      float[] x0 = prediction.x0(X, row, settings.threshold());
      return SampleState.start(X, 0).next(row, x0, prediction, Z).x();
    }
  }

  private static Input floats(float[] data, long... shape) {
    return new Input.Floats(HostTensor.of(data, shape));
  }

  /** Predicts gain·x, and gain·x² for the variance. */
  private record Squares() implements Predictor {
    @Override
    public Extent extent() {
      return Extent.square(1, 2);
    }

    @Override
    public List<Condition> conditions() {
      return List.of(Condition.branched("gain"));
    }

    @Override
    public boolean learnsVariance() {
      return true;
    }

    @Override
    public Tensor predict(Scope scope, Pass pass) {
      Tensor gain = pass.conditions().get(0).unsqueeze(1).unsqueeze(2).unsqueeze(3);
      return Tensor.cat(1, pass.x().times(gain), pass.x().square().times(gain));
    }
  }
}
