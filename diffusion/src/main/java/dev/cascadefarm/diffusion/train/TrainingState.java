package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Everything a run needs to go on: each parameter's weights, moments and average, the step, the
 * time spent. One file holds it all, so it is never half there. Not thread-safe.
 */
final class TrainingState {
  private static final String FILE = "checkpoint.safetensors";

  /** Steps are stored as two float32 numbers, each exact. */
  private static final long STEP_UNIT = 1 << 20;

  private final Map<String, AdamW> parameters;
  private final Map<String, long[]> shapes;
  long step;
  double seconds;

  private TrainingState(Map<String, AdamW> parameters, Map<String, long[]> shapes) {
    this.parameters = parameters;
    this.shapes = shapes;
  }

  static TrainingState fresh(Graph graph, long seed) {
    Map<String, AdamW> parameters = new LinkedHashMap<>();
    Initialization.random(graph, seed)
        .forEach((path, tensor) -> parameters.put(path, AdamW.fresh(tensor.data())));
    return new TrainingState(parameters, shapes(graph));
  }

  /** Whether there is something to resume. */
  static boolean exists(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /**
   * Reads a checkpoint.
   *
   * @throws WeightsException if it is damaged or of another model
   */
  static TrainingState resume(Graph graph, Path folder) {
    Map<String, HostTensor> all = SafeTensors.read(folder.resolve(FILE));
    TrainingState state = new TrainingState(new LinkedHashMap<>(), shapes(graph));
    for (Parameter each : graph.parameters()) {
      if (each.stored()) {
        state.parameters.put(
            each.path(),
            new AdamW(
                values(all, "weights", each, folder),
                values(all, "mean", each, folder),
                values(all, "square", each, folder),
                values(all, "average", each, folder)));
      }
    }
    HostTensor position = all.get("position");
    if (position == null || position.data().length != 3) {
      throw new WeightsException(folder.resolve(FILE) + ": no position (expected: a checkpoint)");
    }
    long high = (long) position.data()[0];
    state.step = high * STEP_UNIT + (long) position.data()[1];
    state.seconds = position.data()[2];
    return state;
  }

  /** Writes a checkpoint, replacing the last. */
  void save(Path folder) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    parameters.forEach(
        (path, each) -> {
          long[] shape = shapes.get(path);
          all.put("weights." + path, new HostTensor(shape, each.weights));
          all.put("mean." + path, new HostTensor(shape, each.mean));
          all.put("square." + path, new HostTensor(shape, each.square));
          all.put("average." + path, new HostTensor(shape, each.average));
        });
    long high = step / STEP_UNIT;
    float[] position = {high, step % STEP_UNIT, (float) seconds};
    all.put("position", HostTensor.of(position, 3));
    SafeTensors.write(folder.resolve(FILE), all, ElementType.F32);
  }

  Map<String, AdamW> parameters() {
    return parameters;
  }

  /** The weights as trained. */
  Map<String, HostTensor> weights() {
    return tensors(each -> each.weights);
  }

  /** The averaged weights, for use. */
  Map<String, HostTensor> average() {
    return tensors(each -> each.average);
  }

  private Map<String, HostTensor> tensors(Function<AdamW, float[]> part) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    parameters.forEach(
        (path, each) -> tensors.put(path, new HostTensor(shapes.get(path), part.apply(each))));
    return tensors;
  }

  private static Map<String, long[]> shapes(Graph graph) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    graph.parameters().forEach(each -> shapes.put(each.path(), each.shape()));
    return shapes;
  }

  private static float[] values(
      Map<String, HostTensor> all, String part, Parameter parameter, Path folder) {
    HostTensor tensor = all.get(part + "." + parameter.path());
    if (tensor == null || !Arrays.equals(tensor.shape(), parameter.shape())) {
      throw new WeightsException(
          folder + ": no " + part + " of " + parameter.path() + " (expected: this model's)");
    }
    return tensor.data();
  }
}
