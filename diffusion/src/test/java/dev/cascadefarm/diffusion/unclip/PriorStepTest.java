package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.denoise.Threshold;
import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own form of the prior against the formulas, written out in Python. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class PriorStepTest {
  private static final int LATENT = 12;
  private static final DiffusionPrior PRIOR =
      new DiffusionPrior(new PriorConfig(LATENT, 8, Recorded.LENGTH, new TowerConfig(16, 2, 2, 3)));
  private static final Map<String, HostTensor> IO = Fixture.tensors("unclip-our-prior");
  private static final Map<String, HostTensor> WEIGHTS = Fixture.under("weight.", IO);
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine(Recorded.TIMES);
  private static final TrainingObjective OBJECTIVE =
      TrainingObjective.unweighted(SCHEDULE, Objective.X_START);

  @Test
  void loss_someCaptionsDropped_pythonsLossAndGradients() {
    Map<String, HostTensor> expected = new LinkedHashMap<>(Fixture.under("our.", IO));
    expected.put("loss", Recorded.of(IO, "loss"));
    Recorded.assertEqual(differences(IO, expected));
    Map<String, Double> doctored = differences(Fixture.doctored(IO, "keep", -1), expected);
    assertThat(doctored.get("loss")).isGreaterThan(1e-5);
    assertThat(doctored.get("null_text_embedding")).isGreaterThan(1e-4);
  }

  private static Map<String, Double> differences(
      Map<String, HostTensor> io, Map<String, HostTensor> expected) {
    int[] times = Recorded.ints(Recorded.of(io, "times"));
    List<Input> inputs =
        List.of(
            vectors(io, "image"),
            vectors(io, "noise"),
            new Input.Floats(OBJECTIVE.rows(times, new int[times.length])),
            Recorded.input(io, "encodings"),
            Recorded.input(io, "mask"),
            Recorded.input(io, "text"),
            Recorded.input(io, "keep"));
    Graph graph = new DenoisingLoss(new PriorPredictor(PRIOR), LossKind.L2).graph();
    return Recorded.differences(graph, WEIGHTS, inputs, expected);
  }

  /** {@code (B, D) -> (B, D, 1, 1)}. */
  private static Input vectors(Map<String, HostTensor> io, String name) {
    return new Input.Floats(
        HostTensor.of(Recorded.of(io, name).data(), Recorded.BATCH, LATENT, 1, 1));
  }

  /** Four steps of 50, trailing: the first goes from 49 to 37, the last from 12 down. */
  @ParameterizedTest
  @CsvSource({"ddpm, 0, 49", "ddpm, 3, 12", "ddim, 0, 49", "ddim, 3, 12"})
  void step_guidedAndScaled_asWrittenOutInPython(String sampler, int step, int timestep) {
    Row row = row(sampler, step);
    assertThat(row.timestep()).isEqualTo(timestep);
    HostTensor x0 = clean(IO, timestep);
    assertThat(Fixture.difference(x0.data(), Recorded.of(IO, "x0." + timestep).data()))
        .isLessThan(1e-5);
    float[] expected = Recorded.of(IO, sampler + "." + timestep).data();
    assertThat(Fixture.difference(next(row, x0), expected)).isLessThan(1e-5);
    HostTensor doctored = clean(Fixture.doctored(IO, "text", 0.1), timestep);
    assertThat(Fixture.difference(next(row, doctored), expected)).isGreaterThan(1e-4);
  }

  /** The same steps by the farm's own denoiser. */
  @ParameterizedTest
  @CsvSource({"ddpm, 0, 49", "ddpm, 3, 12", "ddim, 0, 49", "ddim, 3, 12"})
  void denoiser_guided_asWrittenOutInPython(String sampler, int step, int timestep) {
    Row row = row(sampler, step);
    Prediction out = prediction(row, 1);
    float[] x0 = Recorded.of(IO, "free.x0." + timestep).data();
    float[] expected = Recorded.of(IO, "free." + sampler + "." + timestep).data();
    assertThat(Fixture.relativeDifference(x0(row, out), x0, 1)).isLessThan(1e-5);
    assertThat(Fixture.relativeDifference(next(row, out), expected, 1)).isLessThan(1e-5);
    float[] doctored = next(row, prediction(row, 1.01));
    assertThat(Fixture.relativeDifference(doctored, expected, 1)).isGreaterThan(1e-4);
  }

  private static Prediction prediction(Row row, double share) {
    StepSettings settings =
        StepSettings.of(share * Recorded.of(IO, "guidance").data()[0], "none", 1, 1, 0);
    float[] packed = settings.pack(row);
    float[] rows = new float[Recorded.BATCH * packed.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = packed[i % packed.length];
    }
    List<Input> inputs =
        List.of(
            vectors(IO, "x"),
            new Input.Floats(HostTensor.of(rows, Recorded.BATCH, packed.length)),
            Recorded.input(IO, "encodings"),
            Recorded.input(IO, "mask"),
            Recorded.input(IO, "text"),
            Recorded.same(1),
            Recorded.input(IO, "encodings"),
            Recorded.input(IO, "mask"),
            Recorded.input(IO, "text"),
            Recorded.same(0));
    Graph graph = new Denoiser(new PriorPredictor(PRIOR)).samplingGraph();
    List<HostTensor> outputs = Recorded.call(graph, WEIGHTS, Denoiser.GUIDED_PREDICT, inputs);
    return new Prediction(outputs.get(0).data(), null);
  }

  private static float[] x0(Row row, Prediction prediction) {
    return prediction.x0(Recorded.of(IO, "x").data(), row, Threshold.of("none", 1, 1));
  }

  private static float[] next(Row row, Prediction prediction) {
    SampleState state = SampleState.start(Recorded.of(IO, "x").data(), 0);
    return state.next(row, x0(row, prediction), prediction, Recorded.of(IO, "z").data()).x();
  }

  private static Row row(String sampler, int step) {
    SamplerOptions options =
        SamplerOptions.of(Recorded.of(IO, "eta").data()[0], Spacing.TRAILING, 0);
    return Sampler.of(sampler, options).table(SCHEDULE, Objective.X_START, 4).rows().get(step);
  }

  private static float[] next(Row row, HostTensor x0) {
    float[] x = Recorded.of(IO, "x").data();
    float[] z = Recorded.of(IO, "z").data();
    double[] by = row.next()[0];
    float[] next = new float[x.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = (float) (by[0] * x[i] + by[1] * x0.data()[i] + by[3] * z[i]);
    }
    return next;
  }

  /** Guided x₀ at length √D. */
  private static HostTensor clean(Map<String, HostTensor> io, int timestep) {
    Graph graph = new Graph("PriorStep").method("clean", PriorStepTest::clean);
    List<Input> inputs =
        List.of(
            Recorded.input(io, "x"),
            Recorded.same(timestep),
            Recorded.input(io, "text"),
            Recorded.input(io, "encodings"),
            Recorded.input(io, "mask"),
            Recorded.same(1),
            Recorded.same(0),
            Recorded.same(Recorded.of(io, "guidance").data()[0]));
    return Recorded.call(graph, WEIGHTS, "clean", inputs).get(0);
  }

  private static List<Tensor> clean(Method method) {
    PriorInputs heard =
        new PriorInputs(
            method.input("x", ANY, LATENT),
            method.input("time", ANY),
            method.input("text", ANY, LATENT),
            method.input("encodings", ANY, Recorded.LENGTH, 8),
            method.input("mask", ANY, Recorded.LENGTH),
            method.input("keep", ANY));
    PriorInputs unheard =
        new PriorInputs(
            heard.x(),
            heard.time(),
            heard.text(),
            heard.encodings(),
            heard.mask(),
            method.input("drop", ANY));
    Tensor without = PRIOR.apply(method.root(), unheard);
    Tensor guidance = method.input("guidance", ANY).unsqueeze(1);
    Tensor with = PRIOR.apply(method.root(), heard);
    return List.of(Embeddings.scaled(without.plus(with.minus(without).times(guidance))));
  }
}
