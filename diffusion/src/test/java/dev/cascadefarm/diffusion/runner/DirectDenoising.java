package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.List;

/** A run of a stage's network by direct calls of its program, without the stage. */
final class DirectDenoising {
  private DirectDenoising() {}

  /** A run of DDIM with noise, calling the program itself; x at its end. */
  static float[] denoised(
      Predictor predictor, DiffusionConfig config, SampleRequest request, List<Input> heard) {
    int size = predictor.extent().size();
    SamplerTable table =
        Sampler.of("ddim", SamplerOptions.of(1, Spacing.TRAILING, 0))
            .table(NoiseSchedule.cosine(100), config.objective(), 4);
    StepSettings step =
        StepSettings.of(request.settings().get("guidance").asDouble(), "none", 1, 1, 0);
    CounterNoise noise = new CounterNoise(request.seed(), request.stage(), "step");
    float[] x = new CounterNoise(request.seed(), request.stage(), "start").normals(0, size);
    for (int i = 0; i < size; i++) {
      x[i] = (float) (table.startScale() * x[i]);
    }
    SampleState state = SampleState.start(x, table.history());
    Graph graph = new Denoiser(predictor).samplingGraph();
    try (TorchModule module =
        TorchModule.load(graph, Initialization.random(graph, 4), "cpu", TorchModule.Mode.FROZEN)) {
      int number = 0;
      for (Row row : table.rows()) {
        float[] packed = step.pack(row);
        List<Input> inputs = new ArrayList<>();
        inputs.add(new Input.Floats(batched(state.x(), predictor.extent())));
        inputs.add(new Input.Floats(HostTensor.of(packed, 1, packed.length)));
        inputs.addAll(heard);
        Prediction prediction = Prediction.of(module.call(Denoiser.GUIDED_PREDICT, inputs), 0);
        float[] x0 = prediction.x0(state.x(), row, step.threshold());
        state = state.next(row, x0, prediction, noise.normals(number, size));
        number++;
      }
    }
    return state.x();
  }

  private static HostTensor batched(float[] x, Extent extent) {
    return HostTensor.of(x, 1, extent.channels(), extent.height(), extent.width());
  }
}
