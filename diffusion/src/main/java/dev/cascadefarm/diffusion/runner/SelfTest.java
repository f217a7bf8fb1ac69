package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Calls of a model, replayed before a worker takes work: the answers must be the recorded ones or,
 * where none were recorded, finite. Tensors are named {@code METHOD/in/INDEX}, {@code
 * METHOD/ids/INDEX} for integers, and {@code METHOD/out/INDEX}.
 */
public final class SelfTest {
  /** Largest difference allowed, relative to the largest recorded value: other CPUs round. */
  private static final double TOLERANCE = 1e-3;

  private final Path file;
  private final Map<String, HostTensor> tensors;

  private SelfTest(Path file, Map<String, HostTensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  static SelfTest read(Path file) {
    return new SelfTest(file, SafeTensors.read(file));
  }

  /** Calls the methods with the given inputs and writes inputs and outputs to a file. */
  public static void record(TorchModule module, Map<String, List<Input>> calls, Path file) {
    SafeTensors.write(file, recorded(module, calls), ElementType.F32);
  }

  /** Calls the methods with the given inputs; inputs and outputs as a file holds them. */
  static Map<String, HostTensor> recorded(TorchModule module, Map<String, List<Input>> calls) {
    Map<String, HostTensor> tensors = inputs(calls);
    calls.forEach(
        (method, inputs) -> {
          List<HostTensor> outputs = module.call(method, inputs);
          for (int i = 0; i < outputs.size(); i++) {
            tensors.put(method + "/out/" + i, outputs.get(i));
          }
        });
    return tensors;
  }

  /** Writes the inputs to a file, without answers. */
  static void ask(Map<String, List<Input>> calls, Path file) {
    SafeTensors.write(file, inputs(calls), ElementType.F32);
  }

  private static Map<String, HostTensor> inputs(Map<String, List<Input>> calls) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    calls.forEach(
        (method, inputs) -> {
          for (int i = 0; i < inputs.size(); i++) {
            put(tensors, method, i, inputs.get(i));
          }
        });
    return tensors;
  }

  private static void put(Map<String, HostTensor> tensors, String method, int index, Input input) {
    if (input instanceof Input.Floats floats) {
      tensors.put(method + "/in/" + index, floats.tensor());
      return;
    }
    Input.Longs longs = (Input.Longs) input;
    float[] values = new float[longs.data().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = longs.data()[i];
    }
    tensors.put(method + "/ids/" + index, new HostTensor(longs.shape(), values));
  }

  /**
   * Replays every call.
   *
   * @throws StageException if an output differs, or is not finite
   */
  void replay(TorchModule module) {
    TreeSet<String> methods = new TreeSet<>();
    tensors.keySet().forEach(name -> methods.add(name.split("/", 2)[0]));
    if (methods.isEmpty()) {
      throw new StageException(file + ": empty (expected: at least one recorded call)");
    }
    for (String method : methods) {
      List<HostTensor> outputs = module.call(method, inputs(method));
      boolean recorded = tensors.containsKey(method + "/out/0");
      for (int i = 0; i < outputs.size(); i++) {
        String name = method + "/out/" + i;
        requireFinite(name, outputs.get(i));
        if (recorded) {
          compare(name, outputs.get(i));
        }
      }
      String more = method + "/out/" + outputs.size();
      if (tensors.containsKey(more)) {
        throw new StageException(
            file + ": " + more + " (expected: " + outputs.size() + " outputs)");
      }
    }
  }

  private List<Input> inputs(String method) {
    List<Input> inputs = new ArrayList<>();
    while (true) {
      HostTensor floats = tensors.get(method + "/in/" + inputs.size());
      HostTensor ids = tensors.get(method + "/ids/" + inputs.size());
      if (floats != null) {
        inputs.add(new Input.Floats(floats));
      } else if (ids != null) {
        inputs.add(longs(ids));
      } else {
        return inputs;
      }
    }
  }

  private static Input longs(HostTensor ids) {
    long[] values = new long[ids.data().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) ids.data()[i];
    }
    return new Input.Longs(ids.shape(), values);
  }

  private void requireFinite(String name, HostTensor got) {
    for (float each : got.data()) {
      if (!Float.isFinite(each)) {
        throw new StageException(
            "%s: %s holds %s (expected: finite numbers)".formatted(file, name, each));
      }
    }
  }

  private void compare(String name, HostTensor got) {
    HostTensor recorded = tensors.get(name);
    if (recorded == null || !Arrays.equals(recorded.shape(), got.shape())) {
      throw new StageException(file + ": " + name + " (expected: " + got + ")");
    }
    double largest = 1e-6;
    double difference = 0;
    for (int i = 0; i < got.data().length; i++) {
      largest = Math.max(largest, Math.abs(recorded.data()[i]));
      difference = Math.max(difference, Math.abs(recorded.data()[i] - got.data()[i]));
    }
    if (!(difference <= TOLERANCE * largest)) {
      throw new StageException(
          "%s: %s differs by %.3g (expected: at most %.3g)"
              .formatted(file, name, difference, TOLERANCE * largest));
    }
  }
}
