package dev.cascadefarm.standalone.python;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * How far two pictures of 8 bits lie apart, channel by channel of every pixel.
 *
 * @param largest difference, in steps of 255
 * @param differing channels that are not the same
 * @param between channels that are neither 0 nor 255 in the first picture, which can differ both
 *     ways
 * @param all channels of all pixels
 */
record PictureDifference(int largest, int differing, int between, int all) {
  private static final int CHANNELS = 3;
  private static final int MOST = 255;

  /** Compares two files; they must be of one size. */
  static PictureDifference of(Path ours, Path theirs) throws IOException {
    BufferedImage first = ImageIO.read(ours.toFile());
    BufferedImage second = ImageIO.read(theirs.toFile());
    if (first.getWidth() != second.getWidth() || first.getHeight() != second.getHeight()) {
      throw new AssertionError(
          "%s: %dx%d pixels (expected: %dx%d)"
              .formatted(
                  ours,
                  first.getWidth(),
                  first.getHeight(),
                  second.getWidth(),
                  second.getHeight()));
    }
    return of(channels(first), channels(second));
  }

  private static PictureDifference of(int[] ours, int[] theirs) {
    int largest = 0;
    int differing = 0;
    int between = 0;
    for (int i = 0; i < ours.length; i++) {
      int difference = Math.abs(ours[i] - theirs[i]);
      largest = Math.max(largest, difference);
      differing += difference > 0 ? 1 : 0;
      between += ours[i] > 0 && ours[i] < MOST ? 1 : 0;
    }
    return new PictureDifference(largest, differing, between, ours.length);
  }

  private static int[] channels(BufferedImage image) {
    int width = image.getWidth();
    int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    int[] channels = new int[CHANNELS * pixels.length];
    for (int i = 0; i < channels.length; i++) {
      channels[i] = pixels[i / CHANNELS] >> (Byte.SIZE * (i % CHANNELS)) & MOST;
    }
    return channels;
  }

  /** The share of the picture that can tell of a difference both ways. */
  double telling() {
    return (double) between / all;
  }

  @Override
  public String toString() {
    return "%d (%d of %d)".formatted(largest, differing, all);
  }
}
