package dev.cascadefarm.benchmark;

import dev.cascadefarm.benchmark.UnetBatch.Draws;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass of a U-Net of diffusers' in PyTorch eager over the same pass here, for each family that
 * can be imported: their blocks, at a quarter of their widths and half of their sides, with random
 * weights that Python saves and this side maps. Needs the Python of the tests' Python tier.
 *
 * <pre>OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=2000 java -Dai.djl.offline=true \
 *   -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.ImportedStep PYTHON 12</pre>
 */
public final class ImportedStep {
  /** As the Python side numbers them. */
  private static final List<String> FAMILIES =
      List.of("sd", "if-1", "if-2", "karlo-decoder", "karlo-sr");

  private static final int TOKENS = 77;
  private static final float TIME = 500;
  private static final float LEVEL = 250;

  private ImportedStep() {}

  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[1]);
    System.out.println(Machine.line());
    try (Exchange exchange = Exchange.open();
        Peer python =
            Peer.python(arguments[0], "imported_step.py", List.of(exchange.folder().toString()))) {
      for (int index = 0; index < FAMILIES.size(); index++) {
        Pass pass = pass(FAMILIES.get(index), exchange.folder().resolve(FAMILIES.get(index)));
        pass.compare(new Pass.Other(python, exchange, index), rounds);
      }
    }
  }

  private static Pass pass(String name, Path saved) throws IOException {
    Unet2dConfig config =
        Unet2dConfig.parse(Files.readAllBytes(saved.resolve("config.json")), name);
    return new Pass(
        name + " " + config.sampleSize().get(0) + "²",
        new Unet2d(config).graph(false),
        Unet2d.PREDICT,
        ShardedSafeTensors.map(saved),
        batch -> inputs(config, UnetBatch.draws(batch)));
  }

  private static Map<String, HostTensor> inputs(Unet2dConfig config, Draws draws) {
    int side = config.sampleSize().get(0);
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("sample", draws.normals(0, config.inChannels(), side, side));
    inputs.put("timestep", draws.all(TIME));
    if (config.tokenWidth() > 0) {
      inputs.put("encoder_hidden_states", draws.normals(1, TOKENS, config.tokenWidth()));
    }
    if (config.labelled()) {
      int width = config.labelWidth();
      inputs.put("class_labels", width > 0 ? draws.normals(2, width) : draws.all(LEVEL));
    }
    return inputs;
  }
}
