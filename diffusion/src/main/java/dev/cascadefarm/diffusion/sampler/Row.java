package dev.cascadefarm.diffusion.sampler;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * One model call of a sampler.
 *
 * @param timestep what the model is told
 * @param inputScale what x is multiplied by before the model sees it
 * @param x0FromX with {@code x0FromPrediction}: x₀ = x0FromX·x + x0FromPrediction·m
 * @param next how the next state is made: row 0 gives the next x, row k the k-th of the next
 *     history, from the columns (x, h₁ … h_K, x₀', m, z), where x₀' is x₀ after thresholding and z
 *     is standard noise
 * @param learned what the model's own variance does to z first
 */
public record Row(
    double timestep,
    double inputScale,
    double x0FromX,
    double x0FromPrediction,
    double[][] next,
    LearnedVariance learned) {
  /** A row whose noise has the strength that {@code next} gives it. */
  public Row(
      double timestep,
      double inputScale,
      double x0FromX,
      double x0FromPrediction,
      double[][] next) {
    this(timestep, inputScale, x0FromX, x0FromPrediction, next, LearnedVariance.NONE);
  }

  /** Whether the row draws noise. */
  public boolean noisy() {
    for (double[] each : next) {
      if (each[each.length - 1] != 0) {
        return true;
      }
    }
    return false;
  }

  /** All its numbers, one after the other. */
  DoubleStream numbers() {
    DoubleStream matrix = Arrays.stream(next).flatMapToDouble(Arrays::stream);
    return DoubleStream.concat(
        DoubleStream.of(
            timestep, inputScale, x0FromX, x0FromPrediction, learned.slope(), learned.offset()),
        matrix);
  }
}
