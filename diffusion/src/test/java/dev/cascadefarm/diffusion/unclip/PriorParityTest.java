package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.parity.Fixture;
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
 * Our prior's transformer against mbn312/dalle2's, with its weights and its five tokens: the
 * caption's bytes as one vector, which our own form replaces by encodings.
 */
@Tag("engine")
@ExtendWith(EngineThread.class)
class PriorParityTest {
  private static final DiffusionPrior PRIOR =
      new DiffusionPrior(
          new PriorConfig(
              Recorded.LATENT, 1, Recorded.LENGTH, new TowerConfig(Recorded.LATENT, 2, 4, 3)));
  private static final Map<String, HostTensor> WEIGHTS = Fixture.tensors("unclip-prior");
  private static final Map<String, HostTensor> IO = Fixture.tensors("unclip-prior-io");

  @Test
  void loss_itsTokens_itsLossAndGradients() {
    Map<String, HostTensor> expected = new LinkedHashMap<>(Fixture.under("seed.", IO));
    expected.put("loss", Recorded.of(IO, "loss"));
    Recorded.assertEqual(Recorded.differences(lossGraph(), WEIGHTS, lossInputs(IO), expected));
    Map<String, Double> doctored =
        Recorded.differences(
            lossGraph(), WEIGHTS, lossInputs(Fixture.doctored(IO, "noise", 1)), expected);
    assertThat(doctored.get("loss")).isGreaterThan(1e-5);
    assertThat(doctored.get("learned_embedding")).isGreaterThan(1e-4);
  }

  @Test
  void predict_itsOnlyStep_itsSample() {
    float[] expected = Recorded.of(IO, "sampled").data();
    assertThat(Fixture.difference(sampled(WEIGHTS), expected)).isLessThan(1e-5);
    Map<String, HostTensor> doctored = Fixture.doctored(WEIGHTS, "decoder.1.mha.value.weight", 0.1);
    assertThat(Fixture.difference(sampled(doctored), expected)).isGreaterThan(1e-4);
  }

  private static float[] sampled(Map<String, HostTensor> weights) {
    Graph graph = new Graph("SeedPrior").method("sample", PriorParityTest::sample);
    List<Input> inputs =
        List.of(
            caption(),
            Recorded.input(IO, "text"),
            Recorded.same(Recorded.TIMES - 1),
            new Input.Floats(
                HostTensor.of(Recorded.of(IO, "start").data(), Recorded.BATCH, Recorded.LATENT)));
    return Recorded.call(graph, weights, "sample", inputs).get(0).data();
  }

  private static List<Tensor> sample(Method method) {
    Tensor caption = method.input("caption", ANY, Recorded.LATENT);
    Tensor text = method.input("text", ANY, Recorded.LATENT);
    Tensor time = method.input("time", ANY);
    Tensor x = method.input("x", ANY, Recorded.LATENT);
    return List.of(seed(method.root(), caption, text, time, x));
  }

  private static Graph lossGraph() {
    return new Graph("SeedPrior").method("loss", PriorParityTest::loss);
  }

  private static List<Tensor> loss(Method method) {
    Tensor caption = method.input("caption", ANY, Recorded.LATENT);
    Tensor text = method.input("text", ANY, Recorded.LATENT);
    Tensor image = method.input("image", ANY, Recorded.LATENT);
    Tensor time = method.input("time", ANY);
    Tensor x = method.input("x", ANY, Recorded.LATENT);
    Tensor predicted = seed(method.root(), caption, text, time, x);
    return List.of(predicted.minus(image).square().mean());
  }

  private static List<Input> lossInputs(Map<String, HostTensor> io) {
    return List.of(
        caption(),
        Recorded.input(io, "text"),
        Recorded.input(io, "image"),
        Recorded.input(io, "times"),
        new Input.Floats(noised(io)));
  }

  /** Each embedding with the noise of its timestep. */
  private static HostTensor noised(Map<String, HostTensor> io) {
    NoiseSchedule schedule = NoiseSchedule.cosine(Recorded.TIMES);
    int[] times = Recorded.ints(Recorded.of(io, "times"));
    HostTensor image = Recorded.of(io, "image");
    float[] noised = Recorded.of(io, "noise").data().clone();
    for (int i = 0; i < noised.length; i++) {
      int t = times[i / Recorded.LATENT];
      noised[i] =
          (float) (schedule.signalAt(t) * image.data()[i] + schedule.spreadAt(t) * noised[i]);
    }
    return new HostTensor(image.shape(), noised);
  }

  /** The caption, its embedding, the timestep and the noisy embedding, each one token. */
  private static Tensor seed(Scope scope, Tensor caption, Tensor text, Tensor time, Tensor x) {
    Tensor clock = PRIOR.time(scope, time);
    return PRIOR.predict(
        scope,
        Tensor.cat(1, caption.unsqueeze(1), text.unsqueeze(1), clock.unsqueeze(1), x.unsqueeze(1)));
  }

  /** Bytes as numbers, filled with zeros to D. */
  private static Input caption() {
    float[] ids = Recorded.of(IO, "ids").data();
    float[] vectors = new float[Recorded.BATCH * Recorded.LATENT];
    for (int i = 0; i < Recorded.BATCH; i++) {
      float[] one = Arrays.copyOfRange(ids, i * Recorded.LENGTH, (i + 1) * Recorded.LENGTH);
      System.arraycopy(one, 0, vectors, i * Recorded.LATENT, Recorded.LENGTH);
    }
    return new Input.Floats(HostTensor.of(vectors, Recorded.BATCH, Recorded.LATENT));
  }
}
