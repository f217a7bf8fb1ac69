package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import java.util.Map;
import java.util.function.Supplier;

/** Hears how a training goes, on the engine thread, between two steps. */
public interface TrainingListener {
  /**
   * A step was taken.
   *
   * @param weights the stage's, averaged where an average is kept; good until the call returns
   */
  void stepped(Report report, Supplier<Map<String, HostTensor>> weights);

  /**
   * The model was judged.
   *
   * @param best whether it never did better
   * @param weights as above
   */
  default void validated(
      Validation validation, boolean best, Supplier<Map<String, HostTensor>> weights) {}

  /**
   * A checkpoint was written.
   *
   * @param step it is of
   * @param weights as above
   */
  default void saved(long step, Supplier<Map<String, HostTensor>> weights) {}
}
