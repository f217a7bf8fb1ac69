package dev.cascadefarm.benchmark;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * One pass of a network here, to be compared with the same pass in PyTorch eager.
 *
 * @param graph has the method
 * @param inputs for so many samples, by name, in the order of the method
 */
record Pass(
    String name,
    Graph graph,
    String method,
    Map<String, ? extends StoredTensor> weights,
    IntFunction<Map<String, HostTensor>> inputs) {
  private static final int[] BATCHES = {1, 8};
  private static final double ROUND_MILLIS = 500;
  private static final int MOST_CALLS = 16;
  private static final int CALLS_UNTIL_OPTIMIZED = 4;

  /** As a share of the output's largest number, where that is more than 1. */
  private static final double TOLERANCE = 1e-3;

  /**
   * The Python side of one network; it answers with the milliseconds of a call.
   *
   * @param index of the network there
   */
  record Other(Peer python, Exchange exchange, int index) {
    double millis(String inputs, int calls) {
      return python.ask(index + " " + inputs + " " + calls);
    }
  }

  /**
   * Prints a line for one sample and one for eight, after both sides have given the same output.
   */
  void compare(Other other, int rounds) {
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", TorchModule.Mode.FROZEN)) {
      for (int batch : BATCHES) {
        Map<String, HostTensor> tensors = inputs.apply(batch);
        List<Input> ours = tensors.values().stream().<Input>map(Input.Floats::new).toList();
        String theirs = "inputs-" + other.index() + "-" + batch;
        other.exchange().put(theirs, tensors);
        double difference = difference(module, ours, other, theirs);
        int calls = calls(module, ours);
        Turns turns =
            Turns.take(
                rounds, () -> millis(module, ours, calls), () -> other.millis(theirs, calls));
        System.out.printf(
            Locale.ROOT,
            "%s B %d: here %.2f ms, PyTorch eager %.2f ms, PyTorch ÷ here %s; outputs differ by %.1e%n",
            name,
            batch,
            turns.here().median(),
            turns.there().median(),
            turns.speedup().summary(),
            difference);
      }
    }
  }

  /** Largest difference between the outputs of the two sides; also warms both up. */
  private double difference(
      TorchModule module, List<Input> inputs, Other other, String inputsName) {
    other.millis(inputsName, 1);
    float[] theirs = other.exchange().take(inputsName + "-out").get("0").data();
    double largest = 1;
    for (float each : theirs) {
      largest = Math.max(largest, Math.abs(each));
    }
    double difference = 0;
    for (int call = 0; call < CALLS_UNTIL_OPTIMIZED; call++) {
      float[] ours = module.call(method, inputs).get(0).data();
      for (int i = 0; i < ours.length; i++) {
        difference = Math.max(difference, Math.abs(ours[i] - theirs[i]) / largest);
      }
    }
    if (!(difference <= TOLERANCE)) {
      throw new IllegalStateException(
          name + ": outputs differ by " + difference + " (expected: at most " + TOLERANCE + ")");
    }
    return difference;
  }

  private int calls(TorchModule module, List<Input> inputs) {
    double millis = millis(module, inputs, 1);
    return (int) Math.max(1, Math.min(MOST_CALLS, ROUND_MILLIS / millis));
  }

  private double millis(TorchModule module, List<Input> inputs, int count) {
    double[] calls = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      module.call(method, inputs);
      calls[i] = (System.nanoTime() - start) / 1e6;
    }
    return new Samples(calls).median();
  }
}
