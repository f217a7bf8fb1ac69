package dev.cascadefarm.diffusion.unet2d;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guided loops of diffusers, U-Net and scheduler, from the first noise to the last state. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class LoopParityTest {
  private static final double TOLERANCE = 1e-4;
  private static final int STEPS = 10;
  private static final int TOKENS = 5;
  private static final int SIDE = 16;
  private static final int LEVEL = 250;

  @ParameterizedTest
  @CsvSource({"sd1-plain, caption", "sd2-plain, other", "if1-plain, noise", "if2-plain, lowres"})
  void run_diffusersNoise_diffusersStates(String name, String doctored) {
    Map<String, HostTensor> recorded = Fixture.tensors(name + "-loop");
    assertThat(difference(name, recorded)).isLessThan(TOLERANCE);
    Map<String, HostTensor> changed = Fixture.doctored(recorded, doctored, 0.05);
    assertThat(difference(name, changed)).isGreaterThan(TOLERANCE);
  }

  /** The largest of any state, as a share of the state's largest number. */
  private static double difference(String name, Map<String, HostTensor> recorded) {
    SchedulerConfig scheduler =
        SchedulerConfig.parse(new String(Fixture.bytes(name + "-scheduler.json"), UTF_8), name);
    SamplerTable table = scheduler.table(Steps.all(STEPS));
    Unet2dConfig config = Unet2dConfig.parse(Fixture.bytes(name + ".json"), name);
    int channels = (int) recorded.get("start").shape()[1];
    Unet2dPredictor predictor =
        new Unet2dPredictor(new Unet2d(config), Extent.square(channels, SIDE), TOKENS);
    assertThat(predictor.learnsVariance()).isEqualTo(scheduler.learnsVariance());
    Graph graph = new Denoiser(predictor).samplingGraph();
    Map<String, HostTensor> weights = Fixture.tensors(name);
    Initialization.requireFit(graph, weights, name);
    StepSettings settings = settings(scheduler, recorded.get("guidance").data()[0]);
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      return new Loop(module, table, predictor, settings, recorded).difference();
    }
  }

  private static StepSettings settings(SchedulerConfig scheduler, double guidance) {
    String kind = scheduler.thresholding().kind().name().toLowerCase(Locale.ROOT);
    double percentile = scheduler.thresholding().percentile();
    return StepSettings.of(guidance, kind, percentile, scheduler.thresholding().limit(), LEVEL);
  }

  /** A run of one sample. */
  private record Loop(
      TorchModule module,
      SamplerTable table,
      Unet2dPredictor predictor,
      StepSettings settings,
      Map<String, HostTensor> recorded) {
    double difference() {
      int size = predictor.extent().size();
      float[] start = recorded.get("start").data().clone();
      for (int i = 0; i < size; i++) {
        start[i] *= (float) table.startScale();
      }
      SampleState state = SampleState.start(start, table.history());
      float[] states = recorded.get("states").data();
      assertThat(states).hasSize(table.rows().size() * size);
      double largest = 0;
      int drawn = 0;
      for (int i = 0; i < table.rows().size(); i++) {
        Row row = table.rows().get(i);
        state = next(state, row, row.noisy() ? drawn++ : -1);
        float[] expected = Arrays.copyOfRange(states, i * size, (i + 1) * size);
        double distance = Fixture.difference(state.x(), expected);
        largest = Math.max(largest, distance / Fixture.largest(expected));
      }
      return largest;
    }

    private SampleState next(SampleState state, Row row, int noise) {
      Extent extent = predictor.extent();
      float[] packed = settings.pack(row, predictor.learnsVariance());
      float[] z = new float[extent.size()];
      if (noise >= 0) {
        System.arraycopy(recorded.get("noise").data(), noise * extent.size(), z, 0, extent.size());
      }
      List<Input> inputs = new ArrayList<>();
      inputs.add(floats(state.x(), 1, extent.channels(), SIDE, SIDE));
      inputs.add(floats(packed, 1, packed.length));
      inputs.add(new Input.Floats(recorded.get("caption")));
      inputs.add(new Input.Floats(recorded.get("other")));
      if (predictor.enlarges()) {
        inputs.add(new Input.Floats(recorded.get("lowres")));
      }
      Prediction prediction = Prediction.of(module.call(Denoiser.GUIDED_PREDICT, inputs), 0);
      return state.next(row, prediction.x0(state.x(), row, settings.threshold()), prediction, z);
    }

    private static Input floats(float[] data, long... shape) {
      return new Input.Floats(HostTensor.of(data, shape));
    }
  }
}
