package dev.cascadefarm.coordinator.upload;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The rows of a decoded picture as 8-bit colours, laid over white where it is transparent. Colour
 * profiles are not applied: numbers are taken for sRGB. Not thread-safe.
 */
final class PixelRows {
  private static final int WHITE = 255;

  private final BufferedImage image;
  private final Raster raster;
  private final int bands;
  private final int most;
  private int[] samples = new int[0];

  PixelRows(BufferedImage image) {
    this.image = image;
    this.raster = image.getRaster();
    this.bands = raster.getNumBands();
    this.most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
  }

  /**
   * One row.
   *
   * @param rgb gets {@code 0xRRGGBB} for each pixel
   */
  void row(int y, int[] rgb) {
    int width = image.getWidth();
    if (image.getColorModel() instanceof IndexColorModel) {
      image.getRGB(0, y, width, 1, rgb, 0, width);
      for (int x = 0; x < width; x++) {
        rgb[x] = overWhite(rgb[x] >> 16 & 0xff, rgb[x] >> 8 & 0xff, rgb[x] & 0xff, rgb[x] >>> 24);
      }
      return;
    }
    samples = raster.getPixels(0, y, width, 1, samples.length == 0 ? (int[]) null : samples);
    boolean colour = bands >= 3;
    boolean clear = bands % 2 == 0;
    for (int x = 0; x < width; x++) {
      int at = x * bands;
      int red = level(samples[at]);
      int green = colour ? level(samples[at + 1]) : red;
      int blue = colour ? level(samples[at + 2]) : red;
      rgb[x] = overWhite(red, green, blue, clear ? level(samples[at + bands - 1]) : WHITE);
    }
  }

  private int level(int sample) {
    return most == WHITE ? sample : (sample * WHITE + most / 2) / most;
  }

  private static int overWhite(int red, int green, int blue, int alpha) {
    return over(red, alpha) << 16 | over(green, alpha) << 8 | over(blue, alpha);
  }

  private static int over(int level, int alpha) {
    return (level * alpha + WHITE * (WHITE - alpha) + WHITE / 2) / WHITE;
  }
}
