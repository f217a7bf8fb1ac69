package dev.cascadefarm.diffusion.image;

import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * Cubic resampling of 8-bit pictures as Pillow does it, to the bit: first every row, then every
 * column, whole numbers in between, borders cut off. Models whose pictures were prepared with
 * Pillow see what they were trained on. Immutable, thread-safe.
 */
public final class PillowBicubic {
  private static final int PRECISION_BITS = 22;
  private static final double SUPPORT = 2;
  private static final double SHARPNESS = -0.5;

  private final Axis rows;
  private final Axis columns;

  /**
   * A part of the resized picture.
   *
   * @param height of the whole resized picture
   * @param width of the whole resized picture
   * @param top first row of the part
   * @param left first column of the part
   * @param side of the part, which lies within the whole
   */
  public record Window(int height, int width, int top, int left, int side) {}

  /** Prepares for pictures of one size. */
  public PillowBicubic(int height, int width, Window window) {
    this.rows = new Axis(height, window.height(), window.top(), window.side());
    this.columns = new Axis(width, window.width(), window.left(), window.side());
  }

  /**
   * Resizes each channel.
   *
   * @param picture {@code (C, H, W)} in [0, 1]; rounded to 8 bits first
   * @return the part that was asked for, {@code (C, side, side)}, whole numbers from 0 to 255
   */
  public HostTensor apply(HostTensor picture) {
    long[] shape = picture.shape();
    if (shape.length != 3 || shape[1] != rows.in || shape[2] != columns.in) {
      throw new IllegalArgumentException(
          "picture: %s (expected: C×%d×%d)".formatted(picture, rows.in, columns.in));
    }
    int channels = (int) shape[0];
    int side = rows.count;
    float[] result = new float[channels * side * side];
    for (int channel = 0; channel < channels; channel++) {
      channel(picture.data(), channel * rows.in * columns.in, result, channel * side * side);
    }
    return HostTensor.of(result, channels, side, side);
  }

  private void channel(float[] from, int fromStart, float[] to, int toStart) {
    int side = rows.count;
    int[] line = new int[columns.in];
    int[][] narrow = new int[side][rows.in];
    for (int y = 0; y < rows.in; y++) {
      for (int x = 0; x < line.length; x++) {
        line[x] = clip(Math.round(from[fromStart + y * line.length + x] * 255));
      }
      for (int x = 0; x < side; x++) {
        narrow[x][y] = columns.at(line, x);
      }
    }
    for (int x = 0; x < side; x++) {
      for (int y = 0; y < side; y++) {
        to[toStart + y * side + x] = rows.at(narrow[x], y);
      }
    }
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /** Resampling of a line of pixels. */
  private static final class Axis {
    final int in;
    final int count;
    private final int[] first;
    private final int[][] weights;

    /**
     * Prepares the weights.
     *
     * @param out pixels of the whole resized line
     * @param from first pixel that is wanted
     * @param count how many are wanted
     */
    Axis(int in, int out, int from, int count) {
      if (in < 1 || out < 1 || from < 0 || count < 1 || from > out - count) {
        throw new IllegalArgumentException(
            "%d pixels to %d, %d from %d (expected: within)".formatted(in, out, count, from));
      }
      this.in = in;
      this.count = count;
      this.first = new int[count];
      this.weights = new int[count][];
      double scale = (double) in / out;
      for (int i = 0; i < count; i++) {
        prepare(i, (from + i + 0.5) * scale, Math.max(1, scale));
      }
    }

    private void prepare(int i, double centre, double stretch) {
      double support = SUPPORT * stretch;
      int least = Math.max(0, (int) (centre - support + 0.5));
      int most = Math.min(in, (int) (centre + support + 0.5));
      double[] exact = new double[most - least];
      double sum = 0;
      for (int k = 0; k < exact.length; k++) {
        exact[k] = cubic((k + least - centre + 0.5) * (1 / stretch));
        sum += exact[k];
      }
      first[i] = least;
      weights[i] = new int[exact.length];
      for (int k = 0; k < exact.length; k++) {
        double share = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION_BITS);
        weights[i][k] = (int) (share + Math.copySign(0.5, share));
      }
    }

    private static double cubic(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * SHARPNESS : 0;
    }

    int at(int[] line, int i) {
      int sum = 1 << (PRECISION_BITS - 1);
      for (int k = 0; k < weights[i].length; k++) {
        sum += line[first[i] + k] * weights[i][k];
      }
      return clip(sum >> PRECISION_BITS);
    }
  }
}
