package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A network as a stage uses it: what it makes of a task's inputs. Immutable. */
interface DiffusionNetwork {
  /** The network itself. */
  Predictor predictor();

  /** What it draws. */
  default Medium medium() {
    return Medium.PICTURE;
  }

  /** Whether it enlarges a picture; then that is not one to start from. */
  default boolean enlarges() {
    return false;
  }

  /**
   * What the network hears of a task's inputs.
   *
   * @param level timestep to which the picture to enlarge is noised
   * @throws dev.cascadefarm.diffusion.stage.InvalidSampleException if they cannot be used
   */
  Conditions conditions(SampleRequest request, int level);

  /** The method that makes the result of a clean x {@code (B, C)}; absent where x is the result. */
  default Optional<String> finish() {
    return Optional.empty();
  }

  /** Adds that method to the program that samples. */
  default Graph finishing(Graph graph) {
    return graph;
  }

  /**
   * How good a finished x is for a task, the more the better; absent where nothing tells, so that a
   * task has one sample.
   */
  default Optional<ToDoubleFunction<float[]>> judge(SampleRequest request) {
    return Optional.empty();
  }

  /**
   * One sample's conditions.
   *
   * @param caption all of them, in the order of {@link Predictor#conditions}
   * @param other the branched ones for the branch that is pushed away from, in the same order
   */
  record Conditions(List<float[]> caption, List<float[]> other) {
    public Conditions {
      caption = List.copyOf(caption);
      other = List.copyOf(other);
    }
  }
}
