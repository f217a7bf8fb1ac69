package dev.cascadefarm.benchmark;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

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
  private static final int[] BATCHES = {1, 8};
  private static final double ROUND_MILLIS = 500;
  private static final int MOST_CALLS = 16;
  private static final int CALLS_UNTIL_OPTIMIZED = 4;
  private static final double TOLERANCE = 1e-3;

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
          compare(unets.get(index), new Other(python, exchange, index), rounds);
        }
      }
    }
  }

  /** The Python side of one U-Net. */
  private record Other(Peer python, Exchange exchange, int index) {
    double millis(String inputs, int calls) {
      return python.ask(index + " " + inputs + " " + calls);
    }
  }

  private static void compare(StageUnet unet, Other other, int rounds) {
    try (TorchModule module =
        TorchModule.load(unet.graph(), unet.weights(), "cpu", TorchModule.Mode.FROZEN)) {
      for (int batch : BATCHES) {
        UnetBatch inputs = UnetBatch.of(unet, batch);
        String name = "inputs-" + other.index() + "-" + batch;
        other.exchange().put(name, inputs.tensors());
        double difference = difference(module, inputs.inputs(), other, name);
        int calls = calls(module, inputs.inputs());
        Turns turns =
            Turns.take(
                rounds,
                () -> millis(module, inputs.inputs(), calls),
                () -> other.millis(name, calls));
        System.out.printf(
            Locale.ROOT,
            "%s B %d: here %.2f ms, PyTorch eager %.2f ms, PyTorch ÷ here %s; outputs differ by %.1e%n",
            unet,
            batch,
            turns.here().median(),
            turns.there().median(),
            turns.speedup().summary(),
            difference);
      }
    }
  }

  /** Largest difference between the outputs of the two sides; also warms both up. */
  private static double difference(
      TorchModule module, List<Input> inputs, Other other, String name) {
    other.millis(name, 1);
    HostTensor theirs = other.exchange().take(name + "-out").get("0");
    double difference = 0;
    for (int call = 0; call < CALLS_UNTIL_OPTIMIZED; call++) {
      float[] ours = module.call(StageUnet.FORWARD, inputs).get(0).data();
      for (int i = 0; i < ours.length; i++) {
        difference = Math.max(difference, Math.abs(ours[i] - theirs.data()[i]));
      }
    }
    if (!(difference <= TOLERANCE)) {
      throw new IllegalStateException(
          name + ": outputs differ by " + difference + " (expected: at most " + TOLERANCE + ")");
    }
    return difference;
  }

  private static int calls(TorchModule module, List<Input> inputs) {
    double millis = millis(module, inputs, 1);
    return (int) Math.max(1, Math.min(MOST_CALLS, ROUND_MILLIS / millis));
  }

  private static double millis(TorchModule module, List<Input> inputs, int count) {
    double[] calls = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      module.call(StageUnet.FORWARD, inputs);
      calls[i] = (System.nanoTime() - start) / 1e6;
    }
    return new Samples(calls).median();
  }
}
