package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Map;

/** Something to teach: a model with a loss, and its data. */
public interface TrainingTask extends AutoCloseable {
  /** The model; has the method {@link #lossMethod}. */
  Graph graph();

  /** The method that returns the loss as a scalar. */
  String lossMethod();

  /**
   * The inputs of one step. Depends on nothing but the step, so that a resumed run sees what an
   * uninterrupted one would have seen.
   *
   * @param step 0-based
   */
  List<TorchModule.Input> batch(long step);

  /** Samples in a batch. */
  int batchSize();

  /** The weights of the stage itself, of all that was trained. */
  default Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    return trained;
  }

  @Override
  default void close() {}
}
