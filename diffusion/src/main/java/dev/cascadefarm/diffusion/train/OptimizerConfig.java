package dev.cascadefarm.diffusion.train;

/**
 * How weights move.
 *
 * @param learningRate at its peak
 * @param warmupSteps over which the rate rises linearly from 0
 * @param steps after which the rate has fallen to {@code floor} of its peak along a cosine
 * @param floor share of the peak that remains at the end
 * @param beta1 memory of the gradient's mean
 * @param beta2 memory of the gradient's square
 * @param weightDecay decoupled, as a share of the rate
 * @param clipNorm largest Euclidean norm of a whole gradient
 * @param emaDecay memory of the averaged weights
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
    double emaDecay) {
  /** The rate at a 0-based step. */
  double rate(long step) {
    if (step < warmupSteps) {
      return learningRate * (step + 1) / warmupSteps;
    }
    double progress = Math.min(1, (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps));
    return learningRate * (floor + (1 - floor) * (1 + Math.cos(Math.PI * progress)) / 2);
  }
}
