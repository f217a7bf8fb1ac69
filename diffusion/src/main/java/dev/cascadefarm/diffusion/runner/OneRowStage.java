package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;

/** A model that answers in one call; {@link OneRowRunner} runs it. Lives on the engine thread. */
interface OneRowStage extends AutoCloseable {
  /**
   * Reads a task's inputs; runs no model.
   *
   * @throws dev.cascadefarm.diffusion.stage.InvalidSampleException if they cannot be used
   */
  Work begin(SampleRequest request);

  @Override
  void close();

  /** One sample, ready for its call. */
  interface Work {
    /** Runs the model; the outputs by name. */
    Map<String, StageValue> run();

    /** Remarks for the submitter. */
    default List<String> warnings() {
      return List.of();
    }
  }
}
