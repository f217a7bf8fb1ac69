package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads pictures of any form that Java's ImageIO knows (PNG, JPEG, GIF, BMP, TIFF). Size is looked
 * at before memory is given; transparency is dropped.
 */
final class PictureFile {
  private static final long MAX_FILE_BYTES = 1L << 26;
  private static final long MAX_PIXELS = 1L << 25;

  private PictureFile() {}

  /**
   * Reads a picture.
   *
   * @return {@code (3, H, W)} in [0, 1]
   * @throws IOException if it is missing, too large, damaged or of no known form
   */
  static HostTensor read(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes > MAX_FILE_BYTES) {
      throw new IOException(bytes + " bytes (expected: at most " + MAX_FILE_BYTES + ")");
    }
    return pixels(image(Files.readAllBytes(file)));
  }

  private static BufferedImage image(byte[] content) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("no picture (expected: PNG, JPEG, GIF, BMP or TIFF)");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new IOException(pixels + " pixels (expected: at most " + MAX_PIXELS + ")");
        }
        return reader.read(0);
      } catch (RuntimeException e) {
        // damaged files surface as unchecked exceptions of the decoders
        throw new IOException("damaged: " + e, e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static HostTensor pixels(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    float[] pixels = new float[3 * width * height];
    if (isGray(image.getColorModel())) {
      gray(image, pixels);
    } else {
      colours(image, pixels);
    }
    return HostTensor.of(pixels, 3, height, width);
  }

  private static boolean isGray(ColorModel model) {
    return !(model instanceof IndexColorModel)
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** Java takes gray values for linear light and would brighten them. */
  private static void gray(BufferedImage image, float[] pixels) {
    int width = image.getWidth();
    int plane = width * image.getHeight();
    float white = (1L << image.getColorModel().getComponentSize(0)) - 1;
    for (int p = 0; p < plane; p++) {
      float value = image.getRaster().getSample(p % width, p / width, 0) / white;
      pixels[p] = value;
      pixels[plane + p] = value;
      pixels[2 * plane + p] = value;
    }
  }

  private static void colours(BufferedImage image, float[] pixels) {
    int width = image.getWidth();
    int plane = width * image.getHeight();
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        pixels[at] = (row[x] >> 16 & 0xFF) / 255f;
        pixels[plane + at] = (row[x] >> 8 & 0xFF) / 255f;
        pixels[2 * plane + at] = (row[x] & 0xFF) / 255f;
      }
    }
  }
}
