package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Predictor;
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
import java.util.Arrays;
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
            .table(NoiseSchedule.cosine(100), config.objective(), 4)
            .withHistory(2);
    StepSettings step =
        StepSettings.of(request.settings().get("guidance").asDouble(), "none", 1, 1, 0);
    CounterNoise noise = new CounterNoise(request.seed(), request.stage(), "step");
    float[] state = new float[3 * size];
    float[] start = new CounterNoise(request.seed(), request.stage(), "start").normals(0, size);
    for (int i = 0; i < size; i++) {
      state[i] = (float) (table.startScale() * start[i]);
    }
    Graph graph = new Denoiser(predictor, 2).samplingGraph();
    try (TorchModule module =
        TorchModule.load(graph, Initialization.random(graph, 4), "cpu", TorchModule.Mode.FROZEN)) {
      int number = 0;
      for (Row row : table.rows()) {
        float[] drawn = row.noisy() ? noise.normals(number, size) : new float[size];
        float[] packed = step.pack(row);
        List<Input> inputs = new ArrayList<>();
        inputs.add(x(state, predictor, 3));
        inputs.add(x(drawn, predictor, 0));
        inputs.add(new Input.Floats(HostTensor.of(packed, 1, packed.length)));
        inputs.addAll(heard);
        state = module.call(Denoiser.GUIDED_STEP, inputs).get(0).data();
        number++;
      }
    }
    return Arrays.copyOf(state, size);
  }

  private static Input x(float[] values, Predictor predictor, int states) {
    var extent = predictor.extent();
    return new Input.Floats(
        states == 0
            ? HostTensor.of(values, 1, extent.channels(), extent.height(), extent.width())
            : HostTensor.of(values, 1, states, extent.channels(), extent.height(), extent.width()));
  }
}
