package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network as a stage uses it: what it makes of a task's inputs, and what becomes of its x₀.
 * Immutable.
 */
interface DiffusionNetwork {
  /** The network itself. */
  Predictor predictor();

  /**
   * What the network hears of a task's inputs.
   *
   * @param level timestep to which the picture to enlarge is noised
   * @throws dev.cascadefarm.diffusion.stage.InvalidSampleException if they cannot be used
   */
  Conditions conditions(SampleRequest request, int level);

  /**
   * The clean x that a run starts from instead of noise; absent where the task brings none.
   *
   * @throws dev.cascadefarm.diffusion.stage.InvalidSampleException if it cannot be used
   */
  Optional<float[]> start(SampleRequest request);

  /** The stage's outputs for a finished x. */
  Map<String, StageValue> outputs(float[] x);

  /** What a person may look at, of a predicted x₀. */
  Optional<HostTensor> preview(float[] x0);

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
