package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.stream.IntStream;

/** A timestep as a vector: sines and cosines by turns (Vaswani et al. 2017, §3.5), then an MLP. */
final class TimeEmbedding {
  private TimeEmbedding() {}

  /**
   * Sines and cosines of the timestep at falling frequencies.
   *
   * @param time {@code (B)}
   * @param width even
   * @return {@code (B, width)}
   */
  static Tensor sinusoidal(Scope scope, Tensor time, int width) {
    int half = width / 2;
    double[] frequencies =
        IntStream.range(0, half).mapToDouble(i -> Math.pow(10_000, -2.0 * i / width)).toArray();
    Tensor angles = time.unsqueeze(1).times(scope.constant("frequencies", frequencies, 1, half));
    return Tensor.cat(2, angles.sin().unsqueeze(2), angles.cos().unsqueeze(2)).joinLast();
  }

  /** {@code (B, in) -> (B, out)} by way of one hidden layer, with biases. */
  static Tensor mlp(Scope first, Scope second, Tensor x, int hidden, int out) {
    return Layers.linear(second, Layers.linear(first, x, hidden).silu(), out);
  }
}
