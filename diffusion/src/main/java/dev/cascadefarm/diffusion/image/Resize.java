package dev.cascadefarm.diffusion.image;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;

/**
 * Cubic resampling of square pictures (Keys 1981, a = −0.5), antialiased when it shrinks,
 * reflecting at the borders or cut off there: {@code Y = W·X·Wᵀ} with one exact matrix, of which
 * the zeros around each row's weights are left out. Immutable, thread-safe.
 */
public final class Resize {
  private final int in;
  private final int out;
  private final Row[] rows;

  /**
   * Prepares the matrix; what lies beyond the border is reflected.
   *
   * @param in side of the given pictures
   * @param out side of the wanted pictures
   */
  public Resize(int in, int out) {
    this(in, out, true);
  }

  private Resize(int in, int out, boolean reflects) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException("sides: " + in + ", " + out + " (expected: >= 1)");
    }
    this.in = in;
    this.out = out;
    this.rows = new Row[out];
    for (int i = 0; i < out; i++) {
      rows[i] = Row.of(row(i, reflects));
    }
  }

  /**
   * A row of the matrix.
   *
   * @param first column that has a weight
   * @param weights from there on
   */
  private record Row(int first, double[] weights) {
    static Row of(double[] all) {
      int first = 0;
      while (all[first] == 0) {
        first++;
      }
      int end = all.length;
      while (all[end - 1] == 0) {
        end--;
      }
      return new Row(first, Arrays.copyOfRange(all, first, end));
    }
  }

  /** The same, but what lies beyond the border has no weight. */
  static Resize cut(int in, int out) {
    return new Resize(in, out, false);
  }

  private double[] row(int i, boolean reflects) {
    double scale = (double) out / in;
    double shrink = Math.min(scale, 1);
    double support = 4 / shrink;
    double centre = i / scale + (in - 1) / 2.0 - (out - 1) / (2 * scale);
    int first = (int) Math.ceil(centre - support / 2 - 1e-9);
    double[] row = new double[in];
    double sum = 0;
    for (int k = first; k < first + Math.ceil(support); k++) {
      boolean counts = reflects || (k >= 0 && k < in);
      double weight = counts ? cubic((centre - k) * shrink) : 0;
      row[reflect(k)] += weight;
      sum += weight;
    }
    for (int k = 0; k < in; k++) {
      row[k] /= sum;
    }
    return row;
  }

  private int reflect(int index) {
    int period = Math.max(1, 2 * (in - 1));
    int folded = Math.floorMod(index, period);
    return folded < in ? folded : period - folded;
  }

  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x <= 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x <= 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  /**
   * Resizes each channel.
   *
   * @param picture {@code (C, in, in)}
   * @return {@code (C, out, out)}; may overshoot the range of the input a little
   */
  public HostTensor apply(HostTensor picture) {
    long[] shape = picture.shape();
    if (shape.length != 3 || shape[1] != in || shape[2] != in) {
      throw new IllegalArgumentException(
          "picture: " + picture + " (expected: C×" + in + "×" + in + ")");
    }
    int channels = (int) shape[0];
    float[] result = new float[channels * out * out];
    for (int c = 0; c < channels; c++) {
      channel(picture.data(), c * in * in, result, c * out * out);
    }
    return HostTensor.of(result, channels, out, out);
  }

  private void channel(float[] from, int fromStart, float[] to, int toStart) {
    double[] line = new double[in];
    for (int y = 0; y < out; y++) {
      Arrays.fill(line, 0);
      for (int k = 0; k < rows[y].weights().length; k++) {
        double weight = rows[y].weights()[k];
        int start = fromStart + (rows[y].first() + k) * in;
        for (int x = 0; x < in; x++) {
          line[x] += weight * from[start + x];
        }
      }
      for (int x = 0; x < out; x++) {
        to[toStart + y * out + x] = (float) dot(rows[x], line);
      }
    }
  }

  private static double dot(Row row, double[] line) {
    double sum = 0;
    for (int k = 0; k < row.weights().length; k++) {
      sum += row.weights()[k] * line[row.first() + k];
    }
    return sum;
  }

  /**
   * A picture at another size; what the cubic overshoots is cut.
   *
   * @param picture {@code (C, H, H)} in [0, 1]
   * @return {@code (C, side, side)} in [0, 1]; the picture itself if it has that size
   */
  public static HostTensor within(HostTensor picture, int side) {
    int from = (int) picture.shape()[1];
    if (from == side) {
      return picture;
    }
    HostTensor resized = new Resize(from, side).apply(picture);
    float[] pixels = resized.data();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Math.max(0, Math.min(1, pixels[i]));
    }
    return resized;
  }
}
