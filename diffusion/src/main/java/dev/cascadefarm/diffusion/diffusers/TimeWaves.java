package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.graph.Pictures;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * Sines and cosines of geometrically spaced frequencies, as diffusers embeds timesteps.
 *
 * @param count of sines and cosines together
 * @param cosinesFirst whether the cosines stand first
 * @param frequencyShift subtracted from the count of frequencies that spans the periods
 */
public record TimeWaves(int count, boolean cosinesFirst, double frequencyShift) {
  private static final double LONGEST_PERIOD = 10_000;

  /** {@code (B) -> (B, count)}. */
  public Tensor apply(Scope scope, Tensor numbers) {
    int half = count / 2;
    double[] exponents = new double[half];
    for (int i = 0; i < half; i++) {
      // in float32 as diffusers has it: at timestep 999 the roundings can be heard
      float numerator = (float) -Math.log(LONGEST_PERIOD) * i;
      exponents[i] = numerator / (float) (half - frequencyShift);
    }
    Tensor frequencies = Pictures.exp(scope.constant("time_exponents", exponents, 1, half));
    Tensor angles = numbers.unsqueeze(1).times(frequencies);
    Tensor waves =
        cosinesFirst
            ? Tensor.cat(1, angles.cos(), angles.sin())
            : Tensor.cat(1, angles.sin(), angles.cos());
    return count % 2 == 0
        ? waves
        : Tensor.cat(1, waves, angles.narrow(1, 0, 1).times(0)); // an odd one out is 0
  }
}
