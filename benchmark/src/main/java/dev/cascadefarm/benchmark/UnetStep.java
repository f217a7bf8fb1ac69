package dev.cascadefarm.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One pass of a U-Net of MinImagen's in PyTorch eager over the same pass here: same weights, same
 * inputs, same threads, rounds interleaved, after both have given the same output. For every
 * diffusion stage of a cascade, one sample and eight. Needs the Python of the tests' Python tier.
 *
 * <pre>OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=2000 java -Dai.djl.offline=true \
 *   -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.UnetStep PYTHON catalogue scenes 20</pre>
 */
public final class UnetStep {
  private UnetStep() {}

  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[3]);
    System.out.println(Machine.line());
    try (Exchange exchange = Exchange.open()) {
      List<StageUnet> unets =
          StageUnets.withLarge(Path.of(arguments[1]), arguments[2], exchange.folder());
      List<String> files =
          List.of(exchange.describe(unets).toString(), exchange.folder().toString());
      try (Peer python = Peer.python(arguments[0], "unet_step.py", files)) {
        for (int index = 0; index < unets.size(); index++) {
          pass(unets.get(index)).compare(new Pass.Other(python, exchange, index), rounds);
        }
      }
    }
  }

  private static Pass pass(StageUnet unet) {
    return new Pass(
        unet.toString(),
        unet.graph(),
        StageUnet.FORWARD,
        unet.weights(),
        batch -> UnetBatch.of(unet, batch).tensors());
  }
}
