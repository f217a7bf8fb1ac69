package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * One of the tensors that a network hears beside x and its timestep.
 *
 * @param name of the input
 * @param branched whether the two branches of the guidance hear different ones
 * @param shape of one sample's
 */
public record Condition(String name, boolean branched, long... shape) {
  /** Heard by the branch that follows the caption and, another one, by the branch that does not. */
  public static Condition branched(String name, long... shape) {
    return new Condition(name, true, shape);
  }

  /** The same in both branches. */
  public static Condition shared(String name, long... shape) {
    return new Condition(name, false, shape);
  }

  /** The shape of a batch of them. */
  long[] batched() {
    long[] batched = new long[shape.length + 1];
    batched[0] = Tensor.ANY;
    System.arraycopy(shape, 0, batched, 1, shape.length);
    return batched;
  }
}
