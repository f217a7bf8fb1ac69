package dev.cascadefarm.diffusion.image;

import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * Bilinear resampling of square pictures whose corner pixels stay in the corners. It does not
 * antialias: use it to enlarge. Immutable, thread-safe.
 */
final class Bilinear {
  private final int in;
  private final int[] first;
  private final double[] share;

  /**
   * Prepares for pictures of one size.
   *
   * @param in side of the given pictures
   * @param out side of the wanted pictures
   */
  Bilinear(int in, int out) {
    this.in = in;
    this.first = new int[out];
    this.share = new double[out];
    for (int i = 0; i < out; i++) {
      double place = out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
      first[i] = Math.min((int) place, Math.max(0, in - 2));
      share[i] = place - first[i];
    }
  }

  /** A picture {@code (C, in, in)} as {@code (C, out, out)}. */
  HostTensor apply(HostTensor picture) {
    int channels = (int) picture.shape()[0];
    int out = first.length;
    float[] from = picture.data();
    float[] to = new float[channels * out * out];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < out; y++) {
        int above = (c * in + first[y]) * in;
        int below = (c * in + Math.min(first[y] + 1, in - 1)) * in;
        for (int x = 0; x < out; x++) {
          double upper = between(from, above, x);
          double lower = between(from, below, x);
          to[(c * out + y) * out + x] = (float) (upper + share[y] * (lower - upper));
        }
      }
    }
    return HostTensor.of(to, channels, out, out);
  }

  private double between(float[] line, int start, int x) {
    double left = line[start + first[x]];
    double right = line[start + Math.min(first[x] + 1, in - 1)];
    return left + share[x] * (right - left);
  }
}
