package dev.cascadefarm.diffusion.graph;

import java.util.List;

/** A place in a model's parameter tree, seen from one method. Immutable. */
public final class Scope {
  private final Method method;
  private final String path;

  Scope(Method method, String path) {
    this.method = method;
    this.path = path;
  }

  /** The child of that name. */
  public Scope in(String child) {
    return new Scope(method, path.isEmpty() ? child : path + "." + child);
  }

  /** The child of that index. */
  public Scope in(int index) {
    return in(Integer.toString(index));
  }

  /** A trainable parameter of this place. */
  public Tensor parameter(String name, Initializer initializer, long... shape) {
    return method.parameter(new Parameter(in(name).path, shape, initializer, true, null));
  }

  /** A tensor of this place that training leaves alone. */
  public Tensor buffer(String name, Initializer initializer, long... shape) {
    return method.parameter(new Parameter(in(name).path, shape, initializer, false, null));
  }

  /** A tensor of fixed numbers that is part of the arithmetic, not of the weights. */
  public Tensor constant(String name, double[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return method.parameter(
        new Parameter(in(name).path, shape, Initializer.zeros(), false, floats));
  }

  /**
   * Calls a guest; its arguments are brought to the types it takes.
   *
   * @param answers shapes of the first of its answers, those that are used
   * @return as many tensors, float32
   */
  public List<Tensor> call(Guest guest, List<Tensor> arguments, List<long[]> answers) {
    return method.call(guest, arguments, answers);
  }

  /** An error that names this place. */
  public GraphException error(String message) {
    return new GraphException((path.isEmpty() ? "model" : path) + ": " + message);
  }

  @Override
  public String toString() {
    return path;
  }
}
