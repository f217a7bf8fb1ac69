package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A cascade whose stages can be trained. On the engine thread. */
public interface CascadeTraining {
  /** Names of the stages in the order of training. */
  List<String> stages();

  /**
   * Where a stage stands in that order, from 0.
   *
   * @throws TrainingException if there is no such stage
   */
  default int index(String stage) {
    int index = stages().indexOf(stage);
    if (index < 0) {
      throw new TrainingException("stage: " + stage + " (expected: " + stages() + ")");
    }
    return index;
  }

  /**
   * Trains one stage to its end, or until told to stop, and installs it if it is finished.
   *
   * @param resume whether to go on from the last checkpoint
   * @return whether the stage is finished
   * @throws TrainingException if there is no such stage, a stage before it is not installed, or the
   *     loss is no longer a number
   */
  boolean train(String stage, boolean resume, BooleanSupplier stop, TrainingListener listener)
      throws IOException;
}
