package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.denoise.Threshold;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.AncestralTable;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs of MinImagen's sampler, step by step from its states, and free. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class SamplingParityTest {
  private static final double STEP_TOLERANCE = 1e-5;
  private static final double FREE_TOLERANCE = 2e-4;
  private static final double AUGMENTATION = 0.2;
  private static final int BATCH = 2;
  private static final int BASE_SIDE = 8;

  /** A recorded run of one stage. */
  private record Run(int timesteps, double guidance, int stage, Map<String, HostTensor> recorded) {
    Run(int timesteps, double guidance, int stage) {
      this(
          timesteps,
          guidance,
          stage,
          Fixture.tensors("sampling-" + timesteps + "-" + (int) guidance));
    }

    int side() {
      return stage * BASE_SIDE;
    }

    int pixels() {
      return BATCH * side() * side();
    }

    HostTensor tensor(String name) {
      return recorded.get(stage + "." + name);
    }

    /** What a run holds of one step. */
    float[] at(String name, int step) {
      return Arrays.copyOfRange(tensor(name).data(), step * pixels(), (step + 1) * pixels());
    }

    Run doctored(String name, double change) {
      return new Run(
          timesteps, guidance, stage, Fixture.doctored(recorded, stage + "." + name, change));
    }

    int lowresTime() {
      return NoiseSchedule.linear(timesteps).timestepOf(AUGMENTATION);
    }
  }

  @ParameterizedTest
  @CsvSource({"25, 1, 1", "25, 1, 2", "25, 3, 1", "25, 3, 2", "100, 3, 1"})
  void step_fromEachRecordedState_minImagensNextStateAndX0(
      int timesteps, double guidance, int stage) {
    Run run = new Run(timesteps, guidance, stage);
    try (TorchModule module = load(run)) {
      assertThat(forced(module, run)).isLessThan(STEP_TOLERANCE);
      assertThat(forced(module, run.doctored("x", 1e-3))).isGreaterThan(STEP_TOLERANCE);
      if (guidance != 1) {
        assertThat(x0(module, run, "x0", true)).isLessThan(STEP_TOLERANCE);
        assertThat(x0(module, run, "x0.raw", false)).isLessThan(STEP_TOLERANCE);
        Run doctored = run.doctored("x0", 1e-3);
        assertThat(x0(module, doctored, "x0", true)).isGreaterThan(STEP_TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"25, 1, 1", "25, 1, 2", "25, 3, 1", "25, 3, 2", "100, 3, 1"})
  void steps_fromNoiseAlone_minImagensPicture(int timesteps, double guidance, int stage) {
    Run run = new Run(timesteps, guidance, stage);
    try (TorchModule module = load(run)) {
      assertThat(free(module, run)).isLessThan(FREE_TOLERANCE);
      assertThat(free(module, run.doctored("picture", 1e-3))).isGreaterThan(FREE_TOLERANCE);
    }
  }

  @Test
  void lowresPicture_minImagensWay_minImagensOnRequestOnly() {
    Run run = new Run(25, 3, 2);
    float[] minImagens = lowres(run, LowresPicture.MINIMAGEN);
    float[] recorded = run.tensor("lowres").data().clone();
    for (int i = 0; i < recorded.length; i++) {
      recorded[i] = 2 * recorded[i] - 1;
    }
    assertThat(Fixture.difference(minImagens, recorded)).isLessThan(STEP_TOLERANCE);
    float[] asTrained = lowres(run, LowresPicture.AS_TRAINED);
    assertThat(Fixture.difference(asTrained, recorded)).isGreaterThan(0.1);
    double spread = NoiseSchedule.linear(25).spreadAt(run.lowresTime());
    assertThat(deviation(run, LowresPicture.AS_TRAINED)).isCloseTo(spread, within(1e-5));
    assertThat(deviation(run, LowresPicture.MINIMAGEN)).isCloseTo(2 * spread, within(1e-5));
  }

  /** How strongly the drawn noise shows in the picture. */
  private static double deviation(Run run, LowresPicture way) {
    float[] noise = run.tensor("lowres_noise").data();
    float[] noisy = lowres(run, way, noise);
    float[] clean = lowres(run, way, new float[noise.length]);
    double product = 0;
    double square = 0;
    for (int i = 0; i < noise.length; i++) {
      product += ((double) noisy[i] - clean[i]) * noise[i];
      square += (double) noise[i] * noise[i];
    }
    return product / square;
  }

  private static float[] lowres(Run run, LowresPicture way) {
    return lowres(run, way, run.tensor("lowres_noise").data());
  }

  private static float[] lowres(Run run, LowresPicture way, float[] noise) {
    float[] small = run.recorded().get("1.picture").data();
    int smallPixels = BASE_SIDE * BASE_SIDE;
    int pixels = run.pixels() / BATCH;
    float[] all = new float[run.pixels()];
    for (int i = 0; i < BATCH; i++) {
      float[] one = Arrays.copyOfRange(small, i * smallPixels, (i + 1) * smallPixels);
      float[] prepared =
          way.prepare(
              HostTensor.of(one, 1, BASE_SIDE, BASE_SIDE),
              run.side(),
              NoiseSchedule.linear(run.timesteps()),
              run.lowresTime(),
              Arrays.copyOfRange(noise, i * pixels, (i + 1) * pixels));
      System.arraycopy(prepared, 0, all, i * pixels, pixels);
    }
    return all;
  }

  private static TorchModule load(Run run) {
    String name = run.stage() == 1 ? "unet-base" : "unet-enlarger";
    Unet unet = new Unet(Fixture.config(name));
    Graph graph = new Denoiser(new UnetPredictor(unet, run.side())).samplingGraph();
    return TorchModule.load(graph, Fixture.tensors(name), "cpu", Mode.FROZEN);
  }

  /** Largest difference of any next state, from the recorded state before. */
  private static double forced(TorchModule module, Run run) {
    double largest = 0;
    for (int step = 0; step + 1 < run.timesteps(); step++) {
      float[] next = next(module, run, step, run.at("x", step));
      largest = Math.max(largest, Fixture.difference(next, run.at("x", step + 1)));
    }
    return largest;
  }

  /** Largest difference of any x₀, as a share of its largest number. */
  private static double x0(TorchModule module, Run run, String name, boolean bounded) {
    double largest = 0;
    for (int step = 0; step < run.timesteps(); step++) {
      Row row = row(run, step);
      Threshold threshold = settings(run, bounded).threshold();
      float[] x0 =
          call(module, run, step, run.at("x", step))
              .make((prediction, x, i) -> prediction.x0(x, row, threshold));
      largest = Math.max(largest, Fixture.relativeDifference(x0, run.at(name, step), 1));
    }
    return largest;
  }

  private static double free(TorchModule module, Run run) {
    float[] state = run.tensor("start").data();
    for (int step = 0; step < run.timesteps(); step++) {
      state = next(module, run, step, state);
    }
    float[] picture = new float[state.length];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = (Math.max(-1, Math.min(1, state[i])) + 1) / 2;
    }
    return Fixture.difference(picture, run.tensor("picture").data());
  }

  private static float[] next(TorchModule module, Run run, int step, float[] x) {
    Row row = row(run, step);
    Threshold threshold = settings(run, true).threshold();
    float[] noise = run.at("noise", step);
    return call(module, run, step, x)
        .make(
            (prediction, own, i) ->
                SampleState.start(own, 0)
                    .next(row, prediction.x0(own, row, threshold), prediction, part(noise, i))
                    .x());
  }

  private static Row row(Run run, int step) {
    return AncestralTable.of(run.timesteps()).rows().get(step);
  }

  private static StepSettings settings(Run run, boolean bounded) {
    return StepSettings.of(
        run.guidance(),
        bounded ? "dynamic" : "none",
        0.9,
        Float.MAX_VALUE,
        run.stage() == 1 ? 0 : run.lowresTime());
  }

  /** One call for both samples. */
  private record Call(float[] x, List<HostTensor> outputs) {
    /** Made of each sample's prediction and x. */
    float[] make(Making making) {
      float[] all = new float[x.length];
      for (int i = 0; i < BATCH; i++) {
        float[] made = making.of(Prediction.of(outputs, i), part(x, i), i);
        System.arraycopy(made, 0, all, i * made.length, made.length);
      }
      return all;
    }
  }

  /** What is made of one sample. */
  private interface Making {
    float[] of(Prediction prediction, float[] x, int index);
  }

  private static float[] part(float[] both, int index) {
    int size = both.length / BATCH;
    return Arrays.copyOfRange(both, index * size, (index + 1) * size);
  }

  private static Call call(TorchModule module, Run run, int step, float[] x) {
    StepSettings settings = settings(run, true);
    float[] one = settings.pack(row(run, step));
    float[] rows = Arrays.copyOf(one, BATCH * one.length);
    System.arraycopy(one, 0, rows, one.length, one.length);
    int side = run.side();
    List<HostTensor> inputs = new ArrayList<>();
    inputs.add(HostTensor.of(x, BATCH, 1, side, side));
    inputs.add(HostTensor.of(rows, BATCH, one.length));
    inputs.addAll(caption(run, 1));
    if (settings.guided()) {
      inputs.addAll(caption(run, 0));
    }
    if (run.stage() > 1) {
      inputs.add(HostTensor.of(lowres(run, LowresPicture.MINIMAGEN), BATCH, 1, side, side));
    }
    List<HostTensor> outputs =
        module.call(
            settings.guided() ? Denoiser.GUIDED_PREDICT : Denoiser.PREDICT,
            inputs.stream().<Input>map(Input.Floats::new).toList());
    return new Call(x, outputs);
  }

  private static List<HostTensor> caption(Run run, float keep) {
    return List.of(
        run.recorded().get("embeds"),
        run.recorded().get("mask"),
        HostTensor.of(new float[] {keep, keep}, BATCH));
  }
}
