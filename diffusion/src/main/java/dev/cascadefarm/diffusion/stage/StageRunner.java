package dev.cascadefarm.diffusion.stage;

import java.util.List;

/**
 * A loaded model with its sampler. Every method runs on the one engine thread of the process;
 * {@link #begin} and {@link #advance} cost milliseconds to seconds and never block on anything
 * else.
 */
public interface StageRunner extends AutoCloseable {
  /**
   * Prepares a sample; runs no model.
   *
   * @throws InvalidSampleException if inputs or settings cannot be used
   */
  Sample begin(SampleRequest request);

  /**
   * Prepares a sample to go on where another of the same request left off; runs no model. From
   * there on its numbers are those of a sample that was never interrupted.
   *
   * @throws InvalidSampleException if inputs or settings cannot be used
   * @throws CheckpointRefusedException if the checkpoint is not of such a sample
   */
  default Sample resume(SampleRequest request, Checkpoint checkpoint) {
    throw new CheckpointRefusedException(
        "row: " + checkpoint.row() + " (expected: none, as samples here have one row)");
  }

  /**
   * Advances every sample by exactly one row, whatever their rows, settings and inputs. A sample's
   * numbers do not depend on its company.
   *
   * @throws StageException if the engine fails; no sample has moved then
   */
  void advance(List<Sample> samples);

  /** Frees the model. Idempotent. */
  @Override
  void close();
}
