package dev.cascadefarm.diffusion.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How weights move.
 *
 * @param learningRate at its peak
 * @param warmupSteps over which the rate rises linearly, the first step taking one share
 * @param steps of the run, after which the rate has fallen to {@code floor} of its peak along a
 *     cosine
 * @param floor share of the peak that remains at the end; 1 for a constant rate
 * @param beta1 memory of the gradient's mean
 * @param beta2 memory of the gradient's square
 * @param weightDecay in AdamW a share of the rate that every weight loses, in Adam a share of the
 *     weight that is added to its gradient
 * @param clipNorm largest Euclidean norm of a whole gradient
 * @param emaDecay memory of the averaged weights; 0 for no average
 * @param kind the algorithm
 */
public record OptimizerConfig(
    double learningRate,
    int warmupSteps,
    int steps,
    double floor,
    double beta1,
    double beta2,
    double weightDecay,
    double clipNorm,
    double emaDecay,
    Kind kind) {
  /** The algorithms. */
  public enum Kind {
    /** PyTorch's Adam: weight decay is part of the gradient. */
    @JsonProperty("adam")
    ADAM,
    /** PyTorch's AdamW: weight decay is apart from the gradient. */
    @JsonProperty("adamw")
    ADAMW
  }

  public OptimizerConfig {
    require(learningRate >= 0 && Double.isFinite(learningRate), "learning_rate", learningRate);
    require(warmupSteps >= 0, "warmup_steps", warmupSteps);
    require(steps >= 0, "steps", steps);
    require(floor >= 0 && floor <= 1, "floor", floor);
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2);
    require(weightDecay >= 0 && Double.isFinite(weightDecay), "weight_decay", weightDecay);
    require(clipNorm > 0, "clip_norm", clipNorm);
    require(emaDecay >= 0 && emaDecay < 1, "ema_decay", emaDecay);
  }

  /** That of the cascades taught here on procedural scenes. */
  static OptimizerConfig usual(double learningRate, int steps) {
    return new OptimizerConfig(learningRate, 200, steps, 0.02, 0.9, 0.99, 0.01, 1, 0.998);
  }

  /** AdamW. */
  public OptimizerConfig(
      double learningRate,
      int warmupSteps,
      int steps,
      double floor,
      double beta1,
      double beta2,
      double weightDecay,
      double clipNorm,
      double emaDecay) {
    this(
        learningRate,
        warmupSteps,
        steps,
        floor,
        beta1,
        beta2,
        weightDecay,
        clipNorm,
        emaDecay,
        Kind.ADAMW);
  }

  /** Whether averaged weights are kept. */
  boolean averages() {
    return emaDecay > 0;
  }

  private static void require(boolean inRange, String name, double value) {
    if (!inRange) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: not negative; shares and memories below 1)");
    }
  }

  /** The rate at a 0-based step. */
  double rate(long step) {
    if (step < warmupSteps) {
      return learningRate * (step + 1) / warmupSteps;
    }
    double progress = Math.min(1, (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps));
    return learningRate * (floor + (1 - floor) * (1 + Math.cos(Math.PI * progress)) / 2);
  }
}
