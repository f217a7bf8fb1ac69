package dev.cascadefarm.diffusion.train;

/**
 * One parameter's share of AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2) with
 * an exponential moving average of the weights, in PyTorch's order of operations. Not thread-safe.
 */
final class AdamW {
  private static final double EPSILON = 1e-8;

  final float[] weights;
  final float[] mean;
  final float[] square;
  final float[] average;

  AdamW(float[] weights, float[] mean, float[] square, float[] average) {
    this.weights = weights;
    this.mean = mean;
    this.square = square;
    this.average = average;
  }

  /** Starts from fresh weights. */
  static AdamW fresh(float[] weights) {
    return new AdamW(
        weights.clone(), new float[weights.length], new float[weights.length], weights.clone());
  }

  /**
   * Takes one step.
   *
   * @param gradient as computed
   * @param scale what the gradient is multiplied by to respect the norm's limit
   * @param step 0-based
   */
  void step(float[] gradient, double scale, long step, OptimizerConfig config) {
    double rate = config.rate(step);
    float decay = (float) (1 - rate * config.weightDecay());
    float newMean = (float) (1 - config.beta1());
    float oldSquare = (float) config.beta2();
    float newSquare = (float) (1 - config.beta2());
    float stepSize = (float) (rate / (1 - Math.pow(config.beta1(), step + 1.0)));
    float correction = (float) Math.sqrt(1 - Math.pow(config.beta2(), step + 1.0));
    // A young average must not remember the initial weights.
    float ema = (float) Math.min(config.emaDecay(), (1.0 + step) / (10.0 + step));
    for (int i = 0; i < weights.length; i++) {
      float g = gradient[i] * (float) scale;
      mean[i] += newMean * (g - mean[i]);
      square[i] = oldSquare * square[i] + newSquare * g * g;
      float deviation = (float) Math.sqrt(square[i]) / correction + (float) EPSILON;
      weights[i] = weights[i] * decay - stepSize * mean[i] / deviation;
      average[i] += (1 - ema) * (weights[i] - average[i]);
    }
  }
}
