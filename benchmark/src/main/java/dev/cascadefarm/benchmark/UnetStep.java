package dev.cascadefarm.benchmark;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetInputs;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One pass of a U-Net here over the same pass of MinImagen's in PyTorch eager: same weights, same
 * inputs, two threads, rounds interleaved. Needs the Python of the tests' Python tier.
 *
 * <pre>java -Dai.djl.offline=true -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.UnetStep PYTHON</pre>
 */
public final class UnetStep {
  private static final int SIDE = 16;
  private static final int ROUNDS = 12;
  private static final int CALLS = 8;
  private static final int WARM_UP = 3;
  private static final int[] BATCHES = {1, 4, 16};

  private static final UnetConfig CONFIG =
      UnetConfig.builder()
          .dim(32)
          .dimMults(1, 2, 4)
          .condDim(32)
          .textEmbedDim(128)
          .numResnetBlocks(1)
          .layerAttns(false, false, true)
          .layerCrossAttns(false, true, true)
          .attnHeads(8)
          .maxTextLen(256)
          .attnDimHead(64)
          .build();

  private UnetStep() {}

  public static void main(String[] arguments) throws IOException {
    Graph graph =
        new Graph("UnetStep")
            .method(
                "forward",
                method -> {
                  UnetInputs inputs =
                      new UnetInputs(
                          method.input("x", ANY, 3, SIDE, SIDE),
                          method.input("time", ANY),
                          method.input("embeds", ANY, CONFIG.maxTextLen(), CONFIG.textEmbedDim()),
                          method.input("mask", ANY, CONFIG.maxTextLen()),
                          method.input("keep", ANY),
                          null,
                          null);
                  return List.of(new Unet(CONFIG).apply(method.root(), inputs));
                });
    Map<String, HostTensor> weights = Initialization.random(graph, 1);
    Path file = Files.createTempFile("unet-", ".safetensors");
    SafeTensors.write(file, weights, ElementType.F32);
    Map<String, String> threads = Map.of("OMP_NUM_THREADS", "2");
    List<String> command =
        List.of(arguments[0], "benchmark/src/main/python/unet_step.py", file.toString());
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", TorchModule.Mode.FROZEN);
        Peer python = Peer.start(command, threads)) {
      for (int batch : BATCHES) {
        compare(module, python, batch);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void compare(TorchModule module, Peer python, int batch) {
    List<Input> inputs = inputs(batch);
    double[] ours = new double[ROUNDS];
    double[] theirs = new double[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      double here = millis(module, inputs);
      double there = python.ask(batch + " " + CALLS);
      if (round >= 0) {
        ours[round] = here;
        theirs[round] = there;
      }
    }
    Samples mine = new Samples(ours);
    System.out.printf(
        Locale.ROOT,
        "B %2d: here %.2f ms, PyTorch eager %.2f ms, here ÷ PyTorch %s%n",
        batch,
        mine.median(),
        new Samples(theirs).median(),
        mine.over(new Samples(theirs)).summary());
  }

  private static double millis(TorchModule module, List<Input> inputs) {
    double[] calls = new double[CALLS];
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      module.call("forward", inputs);
      calls[i] = (System.nanoTime() - start) / 1e6;
    }
    return new Samples(calls).median();
  }

  private static List<Input> inputs(int batch) {
    CounterNoise noise = new CounterNoise(1, "benchmark", "inputs");
    int length = CONFIG.maxTextLen();
    float[] ones = new float[batch * length];
    Arrays.fill(ones, 1);
    float[] times = new float[batch];
    Arrays.fill(times, 500);
    float[] keep = Arrays.copyOf(ones, batch);
    List<Input> inputs = new ArrayList<>();
    inputs.add(floats(noise.normals(0, batch * 3 * SIDE * SIDE), batch, 3, SIDE, SIDE));
    inputs.add(floats(times, batch));
    inputs.add(
        floats(
            noise.normals(1, batch * length * CONFIG.textEmbedDim()),
            batch,
            length,
            CONFIG.textEmbedDim()));
    inputs.add(floats(ones, batch, length));
    inputs.add(floats(keep, batch));
    return inputs;
  }

  private static Input floats(float[] data, long... shape) {
    return new Input.Floats(HostTensor.of(data, shape));
  }
}
