package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run needs to go on: each parameter's weights, moments and average, the step, the
 * time spent, the best validation. One file holds it all, so it is never half there. Not
 * thread-safe.
 */
final class TrainingState {
  /** Where the last state is. */
  static final String FILE = "checkpoint.safetensors";

  /** Where the stage's best weights are. */
  static final String BEST = "best.safetensors";

  /** Steps are stored as two float32 numbers, each exact. */
  private static final long STEP_UNIT = 1 << 20;

  private final Map<String, Adam> parameters;
  private final Map<String, long[]> shapes;
  long step;
  double seconds;
  @Nullable Validation best;

  /** The step of the last checkpoint; absent before there is one. */
  @Nullable Long saved;

  private TrainingState(Map<String, Adam> parameters, Map<String, long[]> shapes) {
    this.parameters = parameters;
    this.shapes = shapes;
  }

  static TrainingState fresh(Graph graph, Map<String, HostTensor> weights, boolean averages) {
    Initialization.requireFit(graph, weights, "initial weights");
    Map<String, Adam> parameters = new LinkedHashMap<>();
    weights.forEach((path, tensor) -> parameters.put(path, Adam.fresh(tensor.data(), averages)));
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
  static TrainingState resume(Graph graph, Path folder, boolean averages) {
    Map<String, HostTensor> all = SafeTensors.read(folder.resolve(FILE));
    TrainingState state = new TrainingState(new LinkedHashMap<>(), shapes(graph));
    for (Parameter each : graph.parameters()) {
      if (each.stored()) {
        float[] weights = values(all, "weights", each, folder);
        state.parameters.put(
            each.path(),
            new Adam(
                weights,
                values(all, "mean", each, folder),
                values(all, "square", each, folder),
                averages ? values(all, "average", each, folder) : weights));
      }
    }
    HostTensor position = all.get("position");
    if (position == null || position.data().length != 3) {
      throw new WeightsException(folder.resolve(FILE) + ": no position (expected: a checkpoint)");
    }
    state.step = step(position);
    state.seconds = position.data()[2];
    state.saved = state.step;
    HostTensor best = all.get("best");
    if (best != null && best.data().length == 3) {
      state.best = new Validation(step(best), best.data()[2]);
    }
    return state;
  }

  /** What the run of the folder's checkpoint began with. */
  static Fingerprint fingerprint(Path folder) {
    return Fingerprint.ofMetadata(SafeTensors.metadata(folder.resolve(FILE)));
  }

  /** Writes a checkpoint, replacing the last. */
  void save(Path folder, Fingerprint fingerprint) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    parameters.forEach(
        (path, each) -> {
          long[] shape = shapes.get(path);
          all.put("weights." + path, new HostTensor(shape, each.weights));
          all.put("mean." + path, new HostTensor(shape, each.mean));
          all.put("square." + path, new HostTensor(shape, each.square));
          if (each.average != each.weights) {
            all.put("average." + path, new HostTensor(shape, each.average));
          }
        });
    all.put("position", numbers(step, (float) seconds));
    if (best != null) {
      all.put("best", numbers(best.step(), best.loss()));
    }
    SafeTensors.write(folder.resolve(FILE), all, ElementType.F32, fingerprint.metadata());
    saved = step;
  }

  /** Writes the stage's weights as the best, replacing what was. */
  void saveBest(Path folder, Map<String, HostTensor> weights) {
    SafeTensors.write(folder.resolve(BEST), weights, ElementType.F32);
  }

  private static HostTensor numbers(long step, float last) {
    long high = step / STEP_UNIT;
    return HostTensor.of(new float[] {high, step % STEP_UNIT, last}, 3);
  }

  private static long step(HostTensor numbers) {
    long high = (long) numbers.data()[0];
    return high * STEP_UNIT + (long) numbers.data()[1];
  }

  Adam parameter(String path) {
    return Objects.requireNonNull(parameters.get(path), path);
  }

  /** The weights as trained. */
  Map<String, HostTensor> weights() {
    return tensors(each -> each.weights);
  }

  /** The averaged weights, for use. */
  Map<String, HostTensor> average() {
    return tensors(each -> each.average);
  }

  private Map<String, HostTensor> tensors(Function<Adam, float[]> part) {
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
