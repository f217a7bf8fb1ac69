package dev.cascadefarm.diffusion.train;

import static dev.cascadefarm.diffusion.check.Check.require;

import java.time.Duration;

/**
 * How a run goes along.
 *
 * @param accumulate batches whose mean gradient makes one step
 * @param microBatch most samples in one call of the model, which bounds memory; 0 for whole batches
 * @param validateEvery steps between two validations; 0 for none
 * @param checkpointEvery time between two checkpoints
 */
public record TrainingPlan(
    int accumulate, int microBatch, int validateEvery, Duration checkpointEvery) {
  /** One whole batch a step, no validation, a checkpoint every two minutes. */
  public static final TrainingPlan PLAIN = new TrainingPlan(1, 0, 0, Duration.ofMinutes(2));

  public TrainingPlan {
    require(accumulate >= 1, "accumulate", accumulate, ">= 1");
    require(microBatch >= 0, "micro_batch", microBatch, ">= 0");
    require(validateEvery >= 0, "validate_every", validateEvery, ">= 0");
    require(!checkpointEvery.isNegative(), "checkpoint_every", checkpointEvery, ">= 0");
  }

  /** This plan, with so many steps between two validations. */
  public TrainingPlan validating(int every) {
    return new TrainingPlan(accumulate, microBatch, every, checkpointEvery);
  }

  /** Whether the model is judged after that many steps of {@code last}. */
  boolean validates(long steps, long last) {
    return validateEvery > 0 && (steps % validateEvery == 0 || steps == last);
  }
}
