package dev.cascadefarm.diffusion.image;

import java.awt.image.BufferedImage;

/** Square pictures as images of 8 bits a channel. */
public final class RgbImage {
  private RgbImage() {}

  /**
   * The image of a picture.
   *
   * @param pixels {@code (3, side, side)}, red, green and blue in [0, 1]
   */
  public static BufferedImage of(float[] pixels, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int p = 0; p < side * side; p++) {
      int rgb = 0;
      for (int channel = 0; channel < 3; channel++) {
        rgb = rgb << 8 | Math.round(255 * pixels[channel * side * side + p]);
      }
      image.setRGB(p % side, p / side, rgb);
    }
    return image;
  }
}
