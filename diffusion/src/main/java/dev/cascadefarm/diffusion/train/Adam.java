package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.train.OptimizerConfig.Kind;

/**
 * One parameter's share of Adam (Kingma and Ba 2015, arXiv 1412.6980) or AdamW (Loshchilov and
 * Hutter 2019, arXiv 1711.05101, algorithm 2), with an exponential moving average of the weights,
 * in PyTorch's order of operations. Not thread-safe.
 */
final class Adam {
  private static final float EPSILON = 1e-8f;

  final float[] weights;
  final float[] mean;
  final float[] square;

  /** The weights themselves where no average is kept. */
  final float[] average;

  Adam(float[] weights, float[] mean, float[] square, float[] average) {
    this.weights = weights;
    this.mean = mean;
    this.square = square;
    this.average = average;
  }

  /** Starts from fresh weights, with an average. */
  static Adam fresh(float[] weights) {
    return fresh(weights, true);
  }

  /** Starts from fresh weights. */
  static Adam fresh(float[] weights, boolean averaged) {
    float[] own = weights.clone();
    return new Adam(
        own, new float[own.length], new float[own.length], averaged ? own.clone() : own);
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
    boolean decoupled = config.kind() == Kind.ADAMW;
    float penalty = decoupled ? 0 : (float) config.weightDecay();
    updateMoments(gradient, (float) scale, penalty, config);
    float decay = decoupled ? (float) (1 - rate * config.weightDecay()) : 1;
    float stepSize = (float) (rate / (1 - Math.pow(config.beta1(), step + 1.0)));
    float correction = (float) Math.sqrt(1 - Math.pow(config.beta2(), step + 1.0));
    updateWeights(decay, stepSize, correction);
    if (average != weights) {
      // A young average must not remember the initial weights.
      float ema = (float) Math.min(config.emaDecay(), (1.0 + step) / (10.0 + step));
      updateAverage(1 - ema);
    }
  }

  /* The loops below are over local arrays and nothing else, so that the JIT compiler makes vector
   * instructions of them. */

  private void updateMoments(float[] gradient, float scale, float penalty, OptimizerConfig config) {
    float newMean = (float) (1 - config.beta1());
    float oldSquare = (float) config.beta2();
    float newSquare = (float) (1 - config.beta2());
    float[] w = weights;
    float[] m = mean;
    float[] v = square;
    for (int i = 0; i < gradient.length; i++) {
      float g = gradient[i] * scale + penalty * w[i];
      m[i] += newMean * (g - m[i]);
      v[i] = oldSquare * v[i] + newSquare * g * g;
    }
  }

  private void updateWeights(float decay, float stepSize, float correction) {
    float[] w = weights;
    float[] m = mean;
    float[] v = square;
    for (int i = 0; i < w.length; i++) {
      float deviation = (float) Math.sqrt(v[i]) / correction + EPSILON;
      w[i] = w[i] * decay - stepSize * m[i] / deviation;
    }
  }

  private void updateAverage(float share) {
    float[] w = weights;
    float[] a = average;
    for (int i = 0; i < w.length; i++) {
      a[i] += share * (w[i] - a[i]);
    }
  }
}
