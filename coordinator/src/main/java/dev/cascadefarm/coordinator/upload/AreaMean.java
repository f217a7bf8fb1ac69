package dev.cascadefarm.coordinator.upload;

import java.util.Arrays;

/**
 * Shrinks a picture, row by row from the top: each pixel becomes the mean of the area it covers. In
 * whole numbers, so that the same picture gives the same bytes everywhere; a picture that is not
 * shrunk stays as it is. Holds two rows. Not thread-safe.
 */
final class AreaMean {
  private final int inWidth;
  private final int inHeight;
  private final int outWidth;
  private final int outHeight;
  private final RowSink sink;
  private final long[] row;
  private long[] open;
  private long[] next;
  private int rows;

  /** Takes finished rows, from the top. */
  interface RowSink {
    /** Takes one row of {@code 0xRRGGBB}; the array is used again. */
    void row(int y, int[] rgb);
  }

  /** From one size to another that is not larger. */
  AreaMean(int inWidth, int inHeight, int outWidth, int outHeight, RowSink sink) {
    this.inWidth = inWidth;
    this.inHeight = inHeight;
    this.outWidth = outWidth;
    this.outHeight = outHeight;
    this.sink = sink;
    this.row = new long[3 * outWidth];
    this.open = new long[3 * outWidth];
    this.next = new long[3 * outWidth];
  }

  /** Takes the next row of the picture, as {@code 0xRRGGBB}. */
  void add(int[] rgb) {
    shrink(rgb);
    // Rows and pixels are laid over each other on a common grid: one in is `out` wide, one out
    // `in`.
    long start = (long) rows * outHeight;
    int y = (int) (start / inHeight);
    long first = Math.min(outHeight, (long) (y + 1) * inHeight - start);
    add(open, first);
    add(next, outHeight - first);
    rows++;
    if (start + outHeight >= (long) (y + 1) * inHeight) {
      sink.row(y, mean());
      long[] done = open;
      open = next;
      next = done;
      Arrays.fill(next, 0);
    }
  }

  private void shrink(int[] rgb) {
    Arrays.fill(row, 0);
    for (int i = 0; i < inWidth; i++) {
      long start = (long) i * outWidth;
      int x = (int) (start / inWidth);
      long first = Math.min(outWidth, (long) (x + 1) * inWidth - start);
      addPixel(x, rgb[i], first);
      if (first < outWidth) {
        addPixel(x + 1, rgb[i], outWidth - first);
      }
    }
  }

  private void addPixel(int x, int rgb, long weight) {
    row[3 * x] += weight * (rgb >> 16 & 0xff);
    row[3 * x + 1] += weight * (rgb >> 8 & 0xff);
    row[3 * x + 2] += weight * (rgb & 0xff);
  }

  private void add(long[] sums, long weight) {
    for (int i = 0; i < row.length; i++) {
      sums[i] += weight * row[i];
    }
  }

  private int[] mean() {
    long area = (long) inWidth * inHeight;
    int[] rgb = new int[outWidth];
    for (int x = 0; x < outWidth; x++) {
      for (int channel = 0; channel < 3; channel++) {
        rgb[x] = rgb[x] << 8 | (int) ((open[3 * x + channel] + area / 2) / area);
      }
    }
    return rgb;
  }
}
