package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mean gradient of a step's batches, gathered call by call. Not thread-safe. */
final class Gradients {
  private final Map<String, float[]> sums = new LinkedHashMap<>();
  private double loss;

  /**
   * Adds a part of the step.
   *
   * @param share of the step's samples that the part holds; above 0 to 1
   */
  void add(TorchModule module, String method, List<Input> part, double share) {
    loss += share * module.gradient(method, part, (path, each) -> add(path, each, (float) share));
  }

  private void add(String path, float[] gradient, float share) {
    float[] sum = sums.get(path);
    if (sum != null) {
      for (int i = 0; i < gradient.length; i++) {
        sum[i] += share * gradient[i];
      }
      return;
    }
    if (share != 1) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= share;
      }
    }
    sums.put(path, gradient);
  }

  /** By the parameter's path. */
  Map<String, float[]> byPath() {
    return sums;
  }

  /** Mean over all samples. */
  float loss() {
    return (float) loss;
  }

  /** Euclidean norm over all parameters. */
  double norm() {
    double sum = 0;
    for (float[] each : sums.values()) {
      sum += sumOfSquares(each);
    }
    return Math.sqrt(sum);
  }

  /** Four sums side by side, because each addition waits for the one before it. */
  private static double sumOfSquares(float[] values) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int whole = values.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (int i = whole; i < values.length; i++) {
      a += (double) values[i] * values[i];
    }
    return a + b + (c + d);
  }
}
