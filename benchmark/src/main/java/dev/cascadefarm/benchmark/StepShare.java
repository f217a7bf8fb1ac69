package dev.cascadefarm.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The share of a step that is not the U-Net: sampler, guidance, thresholding, noise. What is beside
 * the U-Net is small against how much a U-Net's time varies, so it is measured on a stage whose
 * U-Net costs next to nothing: a step of it, less a call of that U-Net alone on as many samples
 * (guided, twice as many); in turns with a whole step of the stage itself.
 *
 * <pre>OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=2000 java -Dai.djl.offline=true \
 *   -Dai.djl.pytorch.graph_optimizer=false -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.StepShare catalogue scenes 40</pre>
 */
public final class StepShare {
  private static final int[] BATCHES = {1, 8};
  private static final double GUIDANCE = 3;

  /** Without and with fresh noise at every step. */
  private static final List<String> SAMPLERS = List.of("ddim", "ddpm");

  /** More than are ever taken. */
  private static final int STEPS = 1000;

  private StepShare() {}

  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[2]);
    System.out.println(Machine.line());
    try (Exchange exchange = Exchange.open()) {
      Path scratch = exchange.folder();
      for (StageUnet unet : StageUnets.withLarge(Path.of(arguments[0]), arguments[1], scratch)) {
        StageUnet slight =
            StageUnets.slight(unet, Files.createDirectory(scratch.resolve(unet.name())));
        for (int batch : BATCHES) {
          compare(unet, slight, batch, rounds);
        }
      }
    }
  }

  private static void compare(StageUnet unet, StageUnet slight, int batch, int rounds) {
    TorchStageLoader loader = new TorchStageLoader();
    try (StageRunner whole = loader.load(unet.definition(batch), "cpu");
        StageRunner beside = loader.load(slight.definition(batch), "cpu");
        TorchModule bare =
            TorchModule.load(slight.graph(), slight.weights(), "cpu", TorchModule.Mode.FROZEN)) {
      for (String sampler : SAMPLERS) {
        for (double guidance : new double[] {1, GUIDANCE}) {
          JsonNode settings = settings(sampler, guidance);
          List<Sample> samples = samples(whole, unet, batch, settings);
          List<Sample> others = samples(beside, slight, batch, settings);
          List<Input> inputs = UnetBatch.of(slight, guidance == 1 ? batch : 2 * batch).inputs();
          Turns turns =
              Turns.take(
                  rounds,
                  () -> millis(() -> whole.advance(samples)),
                  () ->
                      millis(() -> beside.advance(others))
                          - millis(() -> bare.call(StageUnet.FORWARD, inputs)));
          System.out.printf(
              Locale.ROOT,
              "%s B %d %s guidance %.0f: step %.2f ms, outside the U-Net %.2f ms, %% %s%n",
              unet,
              batch,
              sampler,
              guidance,
              turns.here().median(),
              turns.there().median(),
              turns.there().percentOf(turns.here()).summary());
        }
      }
    }
  }

  private static List<Sample> samples(
      StageRunner runner, StageUnet unet, int batch, JsonNode settings) {
    UnetBatch.Draws draws = UnetBatch.draws(1);
    int length = unet.config().maxTextLen();
    Map<String, HostTensor> caption =
        Map.of(
            "prompt.embeds", draws.normals(0, length, unet.config().textEmbedDim()),
            "prompt.mask", draws.all(1, length));
    int small = unet.side() / 4;
    float[] grey = new float[unet.config().channels() * small * small];
    Map<String, StageValue> inputs =
        Map.of(
            "embeds", new StageValue.Tensors(caption),
            "image",
                new StageValue.Image(HostTensor.of(grey, unet.config().channels(), small, small)));
    List<Sample> samples = new ArrayList<>();
    for (int seed = 0; seed < batch; seed++) {
      samples.add(runner.begin(new SampleRequest(unet.name(), seed, settings, inputs)));
    }
    return samples;
  }

  private static JsonNode settings(String sampler, double guidance) {
    return WireJson.object()
        .put("sampler", sampler)
        .put("eta", 0)
        .put("steps", STEPS)
        .put("guidance", guidance)
        .put("threshold", "dynamic")
        .put("percentile", 0.95)
        .put("cap", 10)
        .put("aug", 0.1);
  }

  private static double millis(Runnable step) {
    long start = System.nanoTime();
    step.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
