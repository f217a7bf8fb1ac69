package dev.cascadefarm.standalone.cli;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A picture as somebody may bring one: a coloured rectangle on black, wider than high. */
final class PictureFile {
  private PictureFile() {}

  /** Draws it into a file. */
  static Path draw(Path file, Color colour) throws IOException {
    BufferedImage image = new BufferedImage(40, 24, BufferedImage.TYPE_INT_RGB);
    for (int x = 10; x < 30; x++) {
      for (int y = 4; y < 20; y++) {
        image.setRGB(x, y, colour.getRGB());
      }
    }
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
