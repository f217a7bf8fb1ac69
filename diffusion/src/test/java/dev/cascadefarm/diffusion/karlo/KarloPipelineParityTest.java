package dev.cascadefarm.diffusion.karlo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.denoise.Threshold;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dPredictor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run of diffusers' pipeline, step by step, each from the state that diffusers was in. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class KarloPipelineParityTest {
  private static final String NAME = "karlo-pipeline-";
  private static final double TOLERANCE = 1e-4;
  private static final int TOKENS = 9;
  private static final int WIDTH = 15;
  private static final int SMALL = 10;
  private static final int LARGE = 22;

  private final Map<String, HostTensor> recorded = Fixture.tensors(NAME + "run");

  @ParameterizedTest
  @CsvSource({
    "prior, text_proj.text_encoder_hidden_states, prior.noise",
    "decoder, embedding, decoder.noise",
    "super_res, super_res_first.sample, super_res.start"
  })
  void step_diffusersStates_diffusersNextStates(String stage, String input, String drawn) {
    assertThat(difference(stage, recorded)).isLessThan(TOLERANCE);
    assertThat(difference(stage, Fixture.doctored(recorded, input, 0.3))).isGreaterThan(TOLERANCE);
    assertThat(difference(stage, Fixture.doctored(recorded, drawn, 0.3))).isGreaterThan(TOLERANCE);
  }

  /** Without the last U-Net's own weights the last step would be another. */
  @Test
  void step_lastRowByTheFirstNetwork_noticed() {
    SamplerTable last = Rows.LAST.of(table("super_res", 3));
    assertThat(enlarging("super_res_last", last, 2, recorded)).isLessThan(TOLERANCE);
    assertThat(enlarging("super_res_first", last, 2, recorded)).isGreaterThan(100 * TOLERANCE);
  }

  @Test
  void finish_lastState_diffusersEmbedding() {
    PriorTransformerConfig config =
        PriorTransformerConfig.parse(Fixture.bytes(NAME + "prior.json"), "prior");
    HostTensor states = recorded.get("prior.states");
    float[] last =
        Arrays.copyOfRange(states.data(), states.data().length - WIDTH, states.data().length);
    Graph graph = new PriorTransformer(config).graph();
    try (TorchModule module =
        TorchModule.load(graph, Fixture.tensors(NAME + "prior"), "cpu", Mode.FROZEN)) {
      float[] finished =
          module.call(PriorTransformer.FINISH, List.of(floats(last, 1, WIDTH))).get(0).data();
      assertThat(Fixture.relativeDifference(finished, recorded.get("embedding").data(), 1e-3))
          .isLessThan(1e-6);
      assertThat(Fixture.relativeDifference(last, recorded.get("embedding").data(), 1e-3))
          .isGreaterThan(1e-3);
    }
  }

  @Test
  void prepare_decodersPicture_asDiffusersEnlargesIt() {
    HostTensor states = recorded.get("decoder.states");
    int size = 3 * SMALL * SMALL;
    float[] small =
        Arrays.copyOfRange(states.data(), states.data().length - size, states.data().length);
    for (int i = 0; i < size; i++) {
      small[i] = (Math.max(-1, Math.min(1, small[i])) + 1) / 2;
    }
    HostTensor picture = HostTensor.of(small, 3, SMALL, SMALL);
    float[] noise = new float[3 * LARGE * LARGE];
    Arrays.fill(noise, 1);
    float[] seen =
        LowresPicture.KARLO.prepare(
            picture, LARGE, scheduler("super_res").noiseSchedule(), -1, noise);
    assertThat(Fixture.difference(seen, enlarged(recorded))).isLessThan(5e-6);
    float[] other = LowresPicture.MINIMAGEN.enlargement().apply(picture, LARGE).data();
    assertThat(Fixture.difference(centred(other), enlarged(recorded))).isGreaterThan(1e-3);
  }

  private static float[] centred(float[] picture) {
    float[] x = new float[picture.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * picture[i] - 1;
    }
    return x;
  }

  /** The enlarged picture that diffusers puts beside x. */
  private static float[] enlarged(Map<String, HostTensor> recorded) {
    float[] both = recorded.get("super_res_first.sample").data();
    return Arrays.copyOfRange(both, both.length / 2, both.length);
  }

  private static double difference(String stage, Map<String, HostTensor> recorded) {
    return switch (stage) {
      case "prior" -> prior(recorded);
      case "decoder" -> decoder(recorded);
      default ->
          Math.max(
              enlarging("super_res_first", Rows.BUT_LAST.of(table(stage, 3)), 0, recorded),
              enlarging("super_res_last", Rows.LAST.of(table(stage, 3)), 2, recorded));
    };
  }

  private static double prior(Map<String, HostTensor> recorded) {
    PriorTransformerConfig config =
        PriorTransformerConfig.parse(Fixture.bytes(NAME + "prior.json"), "prior");
    PriorTransformerPredictor predictor = new PriorTransformerPredictor(config);
    Graph graph = predictor.finishing(new Denoiser(predictor).samplingGraph());
    List<Input> conditions = new ArrayList<>(caption(recorded, 1));
    conditions.addAll(caption(recorded, 0));
    return new Run("prior", predictor, table("prior", 4), 0, recorded)
        .difference(graph, Fixture.tensors(NAME + "prior"), conditions, 4);
  }

  private static double decoder(Map<String, HostTensor> recorded) {
    Unet2dConfig unet = Unet2dConfig.parse(Fixture.bytes(NAME + "decoder.json"), "decoder");
    TextProjectionConfig heard =
        TextProjectionConfig.parse(Fixture.bytes(NAME + "text_proj.json"), "text_proj");
    ProjectedDecoder predictor = new ProjectedDecoder(new Unet2d(unet), heard, SMALL, TOKENS);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    Fixture.tensors(NAME + "decoder").forEach((name, each) -> weights.put("decoder." + name, each));
    Fixture.tensors(NAME + "text_proj")
        .forEach((name, each) -> weights.put("text_proj." + name, each));
    List<Input> conditions = new ArrayList<>(caption(recorded, 1));
    conditions.add(floats(new float[] {1}, 1));
    conditions.addAll(caption(recorded, 0));
    conditions.add(floats(new float[] {0}, 1));
    conditions.add(new Input.Floats(recorded.get("embedding")));
    return new Run("decoder", predictor, table("decoder", 4), 0, recorded)
        .difference(new Denoiser(predictor).samplingGraph(), weights, conditions, 3);
  }

  private static double enlarging(
      String part, SamplerTable table, int from, Map<String, HostTensor> recorded) {
    Unet2dConfig unet = Unet2dConfig.parse(Fixture.bytes(NAME + part + ".json"), part);
    Unet2dPredictor predictor = new Unet2dPredictor(new Unet2d(unet), Extent.square(3, LARGE), 0);
    return new Run("super_res", predictor, table, from, recorded)
        .difference(
            new Denoiser(predictor).samplingGraph(),
            Fixture.tensors(NAME + part),
            List.of(floats(enlarged(recorded), 1, 3, LARGE, LARGE)),
            1);
  }

  /** A caption's tokens, their mask, its embedding: 0 is the empty one. */
  private static List<Input> caption(Map<String, HostTensor> recorded, int index) {
    return List.of(
        floats(part(recorded.get("text_proj.text_encoder_hidden_states"), index), 1, TOKENS, WIDTH),
        floats(part(recorded.get("mask"), index), 1, TOKENS),
        floats(part(recorded.get("text_proj.prompt_embeds"), index), 1, WIDTH));
  }

  private static float[] part(HostTensor both, int index) {
    int size = both.data().length / 2;
    return Arrays.copyOfRange(both.data(), index * size, (index + 1) * size);
  }

  private static SamplerTable table(String stage, int steps) {
    return scheduler(stage).table(Steps.all(steps));
  }

  private static SchedulerConfig scheduler(String stage) {
    String name = NAME + stage + "_scheduler.json";
    return SchedulerConfig.parse(new String(Fixture.bytes(name), UTF_8), name);
  }

  private static Input floats(float[] data, long... shape) {
    return new Input.Floats(HostTensor.of(data, shape));
  }

  /**
   * Some rows of a recorded run.
   *
   * @param from the run's row that the table begins with
   */
  private record Run(
      String stage,
      Predictor predictor,
      SamplerTable table,
      int from,
      Map<String, HostTensor> recorded) {
    /** The largest of any state, as a share of the state's largest number. */
    double difference(
        Graph graph, Map<String, HostTensor> weights, List<Input> conditions, double guidance) {
      Initialization.requireFit(graph, weights, stage);
      double range = scheduler(stage).thresholding().limit();
      StepSettings settings = new StepSettings(guidance, Threshold.clip(range), 0);
      double largest = 0;
      try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
        for (int i = 0; i < table.rows().size(); i++) {
          Row row = table.rows().get(i);
          float[] expected = state(from + i);
          float[] actual = next(module, row, from + i, settings, conditions);
          double distance = Fixture.difference(actual, expected);
          largest = Math.max(largest, distance / Fixture.largest(expected));
        }
      }
      return largest;
    }

    private float[] next(
        TorchModule module, Row row, int index, StepSettings settings, List<Input> conditions) {
      Extent extent = predictor.extent();
      float[] x = index == 0 ? recorded.get(stage + ".start").data() : state(index - 1);
      float[] packed = settings.pack(row, predictor.learnsVariance());
      List<Input> inputs = new ArrayList<>();
      inputs.add(floats(x, 1, extent.channels(), extent.height(), extent.width()));
      inputs.add(floats(packed, 1, packed.length));
      inputs.addAll(conditions);
      String method = settings.guided() ? Denoiser.GUIDED_PREDICT : Denoiser.PREDICT;
      Prediction prediction = Prediction.of(module.call(method, inputs), 0);
      float[] x0 = prediction.x0(x, row, settings.threshold());
      float[] noise = row.noisy() ? slice(".noise", index) : new float[extent.size()];
      return SampleState.start(x, table.history()).next(row, x0, prediction, noise).x();
    }

    private float[] state(int index) {
      return slice(".states", index);
    }

    private float[] slice(String what, int index) {
      int size = predictor.extent().size();
      return Arrays.copyOfRange(
          recorded.get(stage + what).data(), index * size, (index + 1) * size);
    }
  }
}
