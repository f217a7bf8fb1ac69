package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something to teach: a model with a loss, and its data. */
public interface TrainingTask extends AutoCloseable {
  /** The model; has the method {@link #lossMethod}. */
  Graph graph();

  /** The method that returns the loss as a scalar: a mean over the samples. */
  String lossMethod();

  /** The method that returns what the model is judged by, likewise. */
  default String judgingMethod() {
    return lossMethod();
  }

  /**
   * What a validation's loss means as peak signal-to-noise ratio, in decibels.
   *
   * @return null where the loss is not an error of pictures
   */
  default @Nullable Double psnr(double loss) {
    return null;
  }

  /**
   * The inputs of one batch, each with its samples along the first dimension. Depends on nothing
   * but the number, so that a resumed run sees what an uninterrupted one would have seen.
   *
   * @param number of the batch from 0; the step where a step takes one batch
   */
  List<TorchModule.Input> batch(long number);

  /** Samples in a batch, by its 0-based number. */
  int batchSize(long number);

  /** Where the weights start. */
  default Map<String, HostTensor> initialWeights(long seed) {
    return Initialization.random(graph(), seed);
  }

  /** How many batches the model is judged by; 0 if it is not. */
  default int validationBatches() {
    return 0;
  }

  /**
   * The inputs of one batch to judge the model by; the same whenever asked for.
   *
   * @param index 0 to {@link #validationBatches} − 1
   */
  default List<TorchModule.Input> validationBatch(int index) {
    throw new IndexOutOfBoundsException(index);
  }

  /** The weights of the stage itself, of all that was trained. */
  default Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    return trained;
  }

  @Override
  default void close() {}
}
