package dev.cascadefarm.diffusion.sampler;

/**
 * One model call of a sampler.
 *
 * @param timestep what the model is told
 * @param inputScale what x is multiplied by before the model sees it
 * @param x0FromX with {@code x0FromPrediction}: x₀ = x0FromX·x + x0FromPrediction·m
 * @param next how the next state is made: row 0 gives the next x, row k the k-th of the next
 *     history, from the columns (x, h₁ … h_K, x₀', m, z), where x₀' is x₀ after thresholding and z
 *     is standard noise
 */
public record Row(
    double timestep, double inputScale, double x0FromX, double x0FromPrediction, double[][] next) {
  /** Whether the row draws noise. */
  public boolean noisy() {
    for (double[] each : next) {
      if (each[each.length - 1] != 0) {
        return true;
      }
    }
    return false;
  }
}
