package dev.cascadefarm.diffusion.scenes;

import dev.cascadefarm.diffusion.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import javax.imageio.ImageIO;

/** Square RGB picture, {@code (3, side, side)} with values in [0, 1]. Immutable. */
public final class ScenePicture {
  private final int side;
  private final float[] pixels;

  private ScenePicture(int side, float[] pixels) {
    this.side = side;
    this.pixels = pixels;
  }

  /**
   * Picture of these values; they are copied and values outside [0, 1] are clipped.
   *
   * @param pixels {@code (3, side, side)}
   */
  public static ScenePicture of(float[] pixels, int side) {
    if (side < 1 || pixels.length != 3L * side * side) {
      throw new IllegalArgumentException(
          "pixels: %d for side %d (expected: 3 x side x side)".formatted(pixels.length, side));
    }
    float[] clipped = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      clipped[i] = Math.min(1f, Math.max(0f, finite(pixels[i], i)));
    }
    return new ScenePicture(side, clipped);
  }

  /** Picture of a scene. */
  public static ScenePicture of(Scene scene, int side) {
    return new ScenePicture(side, SceneRenderer.render(scene, side));
  }

  /**
   * Reads a square PNG; transparency is ignored.
   *
   * @throws IOException if it is no picture or not square
   */
  public static ScenePicture readPng(InputStream in) throws IOException {
    BufferedImage image = ImageIO.read(in);
    if (image == null) {
      throw new IOException("picture: unreadable (expected: PNG)");
    }
    int side = image.getWidth();
    if (image.getHeight() != side) {
      throw new IOException(
          "picture: %d x %d (expected: square)".formatted(side, image.getHeight()));
    }
    float[] pixels = new float[3 * side * side];
    for (int p = 0; p < side * side; p++) {
      int rgb = image.getRGB(p % side, p / side);
      for (int channel = 0; channel < 3; channel++) {
        pixels[channel * side * side + p] = (rgb >> (16 - 8 * channel) & 0xFF) / 255f;
      }
    }
    return new ScenePicture(side, pixels);
  }

  /** Writes an 8-bit RGB PNG. */
  public void writePng(OutputStream out) throws IOException {
    ImageIO.write(RgbImage.of(pixels, side), "png", out);
  }

  /** Width and height in pixels. */
  public int side() {
    return side;
  }

  /** Value of a pixel; channel 0 is red, 1 green, 2 blue. */
  public float at(int channel, int y, int x) {
    return pixels[(channel * side + y) * side + x];
  }

  /** Copy of the values, {@code (3, side, side)}. */
  public float[] toArray() {
    return pixels.clone();
  }

  /** Area average; the new side must divide this one's. */
  ScenePicture shrunk(int newSide) {
    int block = side / newSide;
    float[] means = new float[3 * newSide * newSide];
    for (int i = 0; i < means.length; i++) {
      int top = i / newSide % newSide * block;
      int left = i % newSide * block;
      double sum = 0;
      for (int k = 0; k < block * block; k++) {
        sum += at(i / (newSide * newSide), top + k / block, left + k % block);
      }
      means[i] = (float) (sum / (block * block));
    }
    return new ScenePicture(newSide, means);
  }

  private static float finite(float value, int index) {
    if (Float.isNaN(value)) {
      throw new IllegalArgumentException("pixel " + index + ": NaN (expected: a number)");
    }
    return value;
  }
}
