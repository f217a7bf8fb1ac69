package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.torchscript.GuestCall;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A recorded call of a guest: every input and at least one output, by their described names, as the
 * guest itself hears and says them.
 */
record GuestRecord(GuestCall call, Map<String, HostTensor> tensors, String file) {
  /** Largest difference allowed, relative to the largest recorded number: other CPUs round. */
  private static final double TOLERANCE = 1e-3;

  /**
   * Replays it.
   *
   * @throws TorchScriptException if a tensor is missing or an answer differs
   */
  void replay(TorchModule module) {
    int batch = batch();
    List<Input> inputs = new ArrayList<>();
    for (GuestTensor each : call.inputs()) {
      inputs.add(GuestTrial.input(each, tensor(each, batch).data(), batch));
    }
    List<HostTensor> answers = GuestTrial.call(module, call, inputs);
    GuestTrial.requireFit(call, answers, batch);
    for (int i = 0; i < answers.size(); i++) {
      GuestTensor output = call.outputs().get(i);
      if (tensors.containsKey(output.name())) {
        compare(output.name(), tensor(output, batch).data(), answers.get(i).data());
      }
    }
  }

  /** How many samples it holds; what it names must be known. */
  private int batch() {
    Set<String> known = new TreeSet<>();
    call.inputs().forEach(each -> known.add(each.name()));
    call.outputs().forEach(each -> known.add(each.name()));
    for (String each : tensors.keySet()) {
      require(known.contains(each), each, "unknown", "one of " + known);
    }
    boolean answered = call.outputs().stream().anyMatch(each -> tensors.containsKey(each.name()));
    require(answered, call.outputs().get(0).name(), "missing", "at least one output");
    String first = call.inputs().get(0).name();
    HostTensor tensor = tensors.get(first);
    require(tensor != null && tensor.shape().length > 0, first, "missing", "a batch");
    return tensor == null ? 0 : (int) tensor.shape()[0];
  }

  private HostTensor tensor(GuestTensor described, int batch) {
    HostTensor tensor = tensors.get(described.name());
    long[] expected = described.batched(batch);
    require(
        tensor != null && Arrays.equals(tensor.shape(), expected),
        described.name(),
        tensor == null ? "missing" : Arrays.toString(tensor.shape()),
        Arrays.toString(expected));
    return Objects.requireNonNull(tensor);
  }

  private void compare(String name, float[] recorded, float[] got) {
    double largest = 1e-6;
    double difference = 0;
    for (int i = 0; i < got.length; i++) {
      largest = Math.max(largest, Math.abs(recorded[i]));
      difference = Math.max(difference, Math.abs(recorded[i] - got[i]));
    }
    require(
        difference <= TOLERANCE * largest,
        name,
        "differs by %.3g".formatted(difference),
        "at most %.3g from what is recorded".formatted(TOLERANCE * largest));
  }

  private void require(boolean fits, String name, String found, String expected) {
    if (!fits) {
      throw new TorchScriptException(
          "%s: %s: %s (expected: %s)".formatted(file, name, found, expected));
    }
  }
}
