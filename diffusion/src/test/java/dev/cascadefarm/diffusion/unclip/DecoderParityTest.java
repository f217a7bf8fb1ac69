package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.DecoderLayers.Condition;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Our decoder's U-Net against mbn312/dalle2's, with its weights, its own text encoder and the prior
 * replaced by fixed embeddings.
 */
@Tag("engine")
@ExtendWith(EngineThread.class)
class DecoderParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final int STEPS = 5;
  private static final int PIXELS = Recorded.BATCH * Recorded.SIDE * Recorded.SIDE;
  private static final Decoder DECODER =
      new Decoder(
          new DecoderConfig(
              1, 4, List.of(1, 2, 3, 4), 2, 6, 2, 2, Recorded.LATENT, 3, 1, Recorded.LENGTH));
  private static final Graph GRAPH =
      new Graph("SeedDecoder")
          .method("forward", method -> forward(method, true))
          .method("blind", method -> forward(method, false));
  private static final Map<String, HostTensor> WEIGHTS = Fixture.tensors("unclip-decoder");
  private static final Map<String, HostTensor> IO = Fixture.tensors("unclip-decoder-io");

  @Test
  void draw_itsWeights_itsOutput() {
    Initialization.requireFit(GRAPH, WEIGHTS, "mbn312/dalle2");
    assertThat(difference(WEIGHTS, "forward", "out")).isLessThan(TOLERANCE);
    assertThat(difference(WEIGHTS, "blind", "out.blind")).isLessThan(TOLERANCE);
    for (String path : List.of("encoder.4.cond_kv.weight", "decoder.5.residual.weight")) {
      assertThat(difference(Fixture.doctored(WEIGHTS, path, 0.5), "forward", "out"))
          .as(path)
          .isGreaterThan(TOLERANCE);
    }
  }

  private static double difference(Map<String, HostTensor> weights, String method, String out) {
    List<Input> inputs =
        new ArrayList<>(
            List.of(
                Recorded.input(IO, "x"), Recorded.input(IO, "time"), Recorded.input(IO, "image")));
    if (method.equals("forward")) {
      inputs.add(Recorded.longs(Recorded.of(IO, "ids")));
      inputs.add(Recorded.input(IO, "mask"));
    }
    HostTensor drawn = Recorded.call(GRAPH, weights, method, inputs).get(0);
    return Fixture.difference(drawn.data(), Recorded.of(IO, out).data());
  }

  /** The tutorial's loop: a variance as the deviation, and x cut to [-1, 1] at every step. */
  @Test
  void draw_itsFiveSteps_itsPictures() {
    Map<String, HostTensor> run = Fixture.tensors("unclip-sampler");
    NoiseSchedule schedule = NoiseSchedule.cosine(STEPS);
    float[] x = Recorded.of(run, "start").data();
    try (TorchModule module = TorchModule.load(GRAPH, WEIGHTS, "cpu", Mode.FROZEN)) {
      for (int step = 0; step < STEPS; step++) {
        int t = STEPS - 1 - step;
        assertThat(Fixture.difference(x, Recorded.of(run, step + ".x").data()))
            .as("x of step %d", step)
            .isLessThan(step == 0 ? 1e-9 : 1e-4);
        // from here on with the recorded x, so that errors do not add up
        float[] given = Recorded.of(run, step + ".x").data();
        float[] predicted = predict(module, given, t);
        assertThat(Fixture.difference(predicted, Recorded.of(run, step + ".predicted").data()))
            .as("prediction of step %d", step)
            .isLessThan(TOLERANCE);
        x = next(schedule, t, given, predicted, Recorded.of(run, "noise").data());
        float[] other = predicted.clone();
        for (int i = 0; i < other.length; i++) {
          other[i] += 0.01f;
        }
        assertThat(next(schedule, t, given, other, Recorded.of(run, "noise").data()))
            .isNotEqualTo(x);
      }
    }
    assertThat(Fixture.difference(x, Recorded.of(run, "out").data())).isLessThan(TOLERANCE);
  }

  private static float[] predict(TorchModule module, float[] x, int t) {
    HostTensor picture = HostTensor.of(x, Recorded.BATCH, 1, Recorded.SIDE, Recorded.SIDE);
    List<Input> inputs =
        List.of(
            new Input.Floats(picture),
            Recorded.same(t),
            Recorded.input(IO, "image"),
            Recorded.longs(Recorded.of(IO, "ids")),
            Recorded.input(IO, "mask"));
    return module.call("forward", inputs).get(0).data();
  }

  private static float[] next(
      NoiseSchedule schedule, int t, float[] x, float[] predicted, float[] noise) {
    double before = schedule.alphaBar(t - 1);
    double now = schedule.alphaBar(t);
    double alpha = now / before;
    double deviation = (1 - alpha) * (1 - before) / (1 - now);
    float[] z = Arrays.copyOfRange(noise, (STEPS - 1 - t) * PIXELS, (STEPS - t) * PIXELS);
    float[] next = new float[x.length];
    for (int i = 0; i < next.length; i++) {
      double mean = (x[i] - (1 - alpha) / Math.sqrt(1 - now) * predicted[i]) / Math.sqrt(alpha);
      next[i] = (float) Math.max(-1, Math.min(1, mean + (t > 0 ? deviation * z[i] : 0)));
    }
    return next;
  }

  private static List<Tensor> forward(Method method, boolean caption) {
    Tensor x = method.input("x", ANY, 1, ANY, ANY);
    Tensor time = method.input("time", ANY);
    Tensor image = method.input("image", ANY, Recorded.LATENT);
    Scope root = method.root();
    Tensor tokens = DECODER.imageTokens(root, image);
    if (caption) {
      Tensor ids = method.input("ids", DType.INT64, ANY, Recorded.LENGTH);
      Tensor mask = method.input("mask", ANY, Recorded.LENGTH);
      tokens = Tensor.cat(1, captionTokens(root, ids, mask), tokens);
    }
    return List.of(DECODER.draw(root, x, new Condition(DECODER.vector(root, time, image), tokens)));
  }

  /** The text encoder that the tutorial's decoder has for itself. */
  private static Tensor captionTokens(Scope root, Tensor ids, Tensor mask) {
    Tensor positions =
        root.parameter(
            "positional_encodings", Initializer.normal(1), Recorded.LENGTH, Recorded.LATENT);
    Tensor x =
        Layers.embedding(root.in("text_embedding"), ids, 256, Recorded.LATENT).plus(positions);
    TowerConfig tower = new TowerConfig(Recorded.LATENT, 1, 2, 3);
    return Layers.layerNorm(
        root.in("final_ln"), tower.apply(root.in("text_encoder"), x, TowerConfig.seeing(mask)));
  }
}
