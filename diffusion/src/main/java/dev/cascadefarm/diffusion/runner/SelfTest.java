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
 * METHOD/ids/INDEX} for integers, and {@code METHOD/out/INDEX}. So that the file stays small, a
 * large picture that goes in is a tile, {@code METHOD/tile/INDEX}, and how often it repeats, {@code
 * METHOD/repeat/INDEX}; of a large answer every n-th value is kept, {@code METHOD/some/INDEX}.
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
          List<HostTensor> outputs = module.call(method, inputs(tensors, method));
          for (int i = 0; i < outputs.size(); i++) {
            HostTensor output = outputs.get(i);
            if (Sample.isLarge(output)) {
              tensors.put(method + "/some/" + i, Sample.of(output));
            } else {
              tensors.put(method + "/out/" + i, output);
            }
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
      Tile.of(floats.tensor())
          .ifPresentOrElse(
              tile -> {
                tensors.put(method + "/tile/" + index, tile.tensor());
                tensors.put(method + "/repeat/" + index, tile.repeats());
              },
              () -> tensors.put(method + "/in/" + index, floats.tensor()));
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
      List<HostTensor> outputs = called(module, method);
      boolean recorded = answered(method, 0);
      for (int i = 0; i < outputs.size(); i++) {
        requireFinite(method + "/out/" + i, outputs.get(i));
        if (recorded) {
          compare(method, i, outputs.get(i));
        }
      }
      if (answered(method, outputs.size())) {
        throw new StageException(
            "%s: %s/out/%d (expected: %d outputs)"
                .formatted(file, method, outputs.size(), outputs.size()));
      }
    }
  }

  private List<HostTensor> called(TorchModule module, String method) {
    try {
      return module.call(method, inputs(tensors, method));
    } catch (StageException e) {
      throw new StageException(
          "%s: %s failed (expected: a call that this version's model answers; a bundle of an earlier"
                  .formatted(file, method)
              + " version is to be imported or trained anew)",
          e);
    }
  }

  private boolean answered(String method, int index) {
    return tensors.containsKey(method + "/out/" + index)
        || tensors.containsKey(method + "/some/" + index);
  }

  private static List<Input> inputs(Map<String, HostTensor> tensors, String method) {
    List<Input> inputs = new ArrayList<>();
    while (true) {
      HostTensor floats = tensors.get(method + "/in/" + inputs.size());
      HostTensor ids = tensors.get(method + "/ids/" + inputs.size());
      HostTensor tile = tensors.get(method + "/tile/" + inputs.size());
      HostTensor repeats = tensors.get(method + "/repeat/" + inputs.size());
      if (floats != null) {
        inputs.add(new Input.Floats(floats));
      } else if (tile != null && repeats != null) {
        inputs.add(new Input.Floats(new Tile(tile, repeats).whole()));
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

  private void compare(String method, int index, HostTensor output) {
    boolean some = tensors.containsKey(method + "/some/" + index);
    String name = method + (some ? "/some/" : "/out/") + index;
    HostTensor got = some ? Sample.of(output) : output;
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
