package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;

/** Some values of a large tensor, evenly spaced over all of it. */
final class Sample {
  /** A tensor of more values is large. */
  private static final int LIMIT = 16_384;

  private Sample() {}

  static boolean isLarge(HostTensor tensor) {
    return tensor.data().length > LIMIT;
  }

  /** Every n-th value; n is odd, so that a picture's columns take turns. */
  static HostTensor of(HostTensor tensor) {
    int size = tensor.data().length;
    int every = (size + LIMIT - 1) / LIMIT | 1;
    float[] some = new float[(size + every - 1) / every];
    for (int i = 0; i < some.length; i++) {
      some[i] = tensor.data()[i * every];
    }
    return HostTensor.of(some, some.length);
  }
}
