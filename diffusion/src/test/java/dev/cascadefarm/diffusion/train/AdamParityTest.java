package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Twenty steps of teaching, against MinImagen's U-Net and PyTorch's Adam. Adam moves a weight by
 * the sign of its gradient, so weights whose gradient is only rounding are left out.
 */
@Tag("engine")
@ExtendWith(EngineThread.class)
class AdamParityTest {
  private static final int STEPS = 20;
  private static final int BATCH = 2;
  private static final Map<Integer, Double> TOLERANCES = Map.of(1, 1e-5, 5, 5e-5, 20, 5e-4);

  /** Share of the model's largest gradient below which a gradient may be rounding. */
  private static final double NEGLIGIBLE = 1e-4;

  private static final OptimizerConfig ADAM =
      new OptimizerConfig(1e-3, 0, STEPS, 1, 0.9, 0.999, 0, 1e9, 0.9);
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("adam");
  private static final TrainingObjective NOISE =
      TrainingObjective.unweighted(NoiseSchedule.linear(50), Objective.NOISE);

  @Test
  void step_twentyTimes_torchsWeights() {
    Map<Integer, Map<String, Double>> differences = differences(RECORDED);
    differences.forEach(
        (step, each) ->
            each.forEach(
                (path, difference) ->
                    assertThat(difference)
                        .as("%s after %d", path, step)
                        .isLessThan(TOLERANCES.get(step))));
    assertThat(differences.get(20)).hasSizeGreaterThan(100);
    Map<String, HostTensor> doctored = Fixture.doctored(RECORDED, "noise", 5);
    assertThat(differences(doctored).get(20).values()).anyMatch(each -> each > TOLERANCES.get(20));
  }

  /** Of each recorded parameter, after 1, 5 and 20 steps. */
  private static Map<Integer, Map<String, Double>> differences(Map<String, HostTensor> data) {
    Graph graph = new UnetLoss(new Unet(Fixture.config("unet-base")), LossKind.L2).graph();
    Map<String, HostTensor> start = Fixture.tensors("unet-base");
    Map<String, Adam> parameters = new LinkedHashMap<>();
    start.forEach((path, weight) -> parameters.put(path, Adam.fresh(weight.data())));
    Map<Integer, Map<String, Double>> differences = new LinkedHashMap<>();
    try (TorchModule module = TorchModule.load(graph, start, "cpu", Mode.TRAINABLE)) {
      Map<String, float[]> first = new LinkedHashMap<>();
      module.gradient(UnetLoss.LOSS, inputs(0, RECORDED), first::put);
      for (int step = 0; step < STEPS; step++) {
        step(module, parameters, step, data);
        if (TOLERANCES.containsKey(step + 1)) {
          differences.put(step + 1, compared(parameters, first, step + 1));
        }
      }
    }
    return differences;
  }

  private static void step(
      TorchModule module, Map<String, Adam> parameters, int step, Map<String, HostTensor> data) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    module.gradient(UnetLoss.LOSS, inputs(step, data), gradients::put);
    gradients.forEach(
        (path, gradient) -> {
          Adam parameter = parameters.get(path);
          parameter.step(gradient, 1, step, ADAM);
          module.set(path, parameter.weights);
        });
  }

  private static Map<String, Double> compared(
      Map<String, Adam> parameters, Map<String, float[]> first, int step) {
    double floor =
        NEGLIGIBLE * first.values().stream().mapToDouble(Fixture::largest).max().orElseThrow();
    Map<String, Double> differences = new LinkedHashMap<>();
    int counted = 0;
    int all = 0;
    for (var each : Fixture.under(step + ".", RECORDED).entrySet()) {
      float[] ours = parameters.get(each.getKey()).weights;
      float[] expected = each.getValue().data();
      float[] gradient = first.get(each.getKey());
      double largest = 0;
      for (int i = 0; i < expected.length; i++) {
        if (Math.abs(gradient[i]) >= floor) {
          largest = Math.max(largest, Math.abs((double) ours[i] - expected[i]));
          counted++;
        }
      }
      all += expected.length;
      differences.put(each.getKey(), largest);
    }
    assertThat(counted).as("weights compared").isGreaterThan(all / 2);
    return differences;
  }

  private static List<Input> inputs(int step, Map<String, HostTensor> data) {
    float[] all = data.get("times").data();
    int[] times = {(int) all[BATCH * step], (int) all[BATCH * step + 1]};
    List<HostTensor> tensors =
        List.of(
            part(data.get("x0"), step),
            part(data.get("noise"), step),
            NOISE.rows(times, new int[BATCH]),
            data.get("embeds"),
            data.get("mask"),
            HostTensor.of(new float[] {1, 1}, BATCH));
    return tensors.stream().<Input>map(Input.Floats::new).toList();
  }

  /** The pictures of one step, of {@code (steps, B, C, H, W)}. */
  private static HostTensor part(HostTensor all, int step) {
    int size = all.data().length / STEPS;
    long[] shape = Arrays.copyOfRange(all.shape(), 1, all.shape().length);
    return new HostTensor(shape, Arrays.copyOfRange(all.data(), step * size, (step + 1) * size));
  }
}
