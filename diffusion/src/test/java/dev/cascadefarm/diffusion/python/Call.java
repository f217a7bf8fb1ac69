package dev.cascadefarm.diffusion.python;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A call of a model's method with named inputs, in the order of the method.
 *
 * @param inputs int64 numbers must be exact as float32, because they travel as such
 */
record Call(String method, Map<String, Input> inputs) {
  private static final long EXACT = 1 << 24;

  /** A call whose inputs are all float32. */
  static Call floats(String method, Map<String, HostTensor> tensors) {
    Map<String, Input> inputs = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> inputs.put(name, new Input.Floats(tensor)));
    return new Call(method, inputs);
  }

  /** What our engine takes. */
  List<Input> ordered() {
    return new ArrayList<>(inputs.values());
  }

  /** What is written for Python. */
  Map<String, HostTensor> tensors() {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    inputs.forEach((name, input) -> tensors.put(name, tensor(name, input)));
    return tensors;
  }

  private static HostTensor tensor(String name, Input input) {
    if (input instanceof Input.Floats floats) {
      return floats.tensor();
    }
    Input.Longs longs = (Input.Longs) input;
    float[] values = new float[longs.data().length];
    for (int i = 0; i < values.length; i++) {
      if (Math.abs(longs.data()[i]) > EXACT) {
        throw new IllegalArgumentException(
            name + ": " + longs.data()[i] + " (expected: at most " + EXACT + ")");
      }
      values[i] = longs.data()[i];
    }
    return new HostTensor(longs.shape(), values);
  }
}
