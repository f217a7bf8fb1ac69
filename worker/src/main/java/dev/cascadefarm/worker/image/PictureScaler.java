package dev.cascadefarm.worker.image;

import dev.cascadefarm.diffusion.stage.HostTensor;

/** Makes pictures smaller by averaging whole blocks of pixels. Thread-safe. */
public final class PictureScaler {
  private PictureScaler() {}

  /**
   * Shrinks a picture by the smallest whole factor that makes both sides fit; a picture that fits
   * comes back as it is.
   *
   * @param pixels {@code (3, H, W)}
   * @param maxSide longest side of the result, in pixels
   */
  public static HostTensor fit(HostTensor pixels, int maxSide) {
    int height = Math.toIntExact(pixels.shape()[1]);
    int width = Math.toIntExact(pixels.shape()[2]);
    int factor = (Math.max(height, width) + maxSide - 1) / maxSide;
    return factor <= 1 ? pixels : shrink(pixels, factor);
  }

  private static HostTensor shrink(HostTensor pixels, int factor) {
    int height = Math.toIntExact(pixels.shape()[1]);
    int width = Math.toIntExact(pixels.shape()[2]);
    if (height < factor || width < factor) {
      throw new IllegalArgumentException(
          "picture: " + pixels + " (expected: both sides >= " + factor + ")");
    }
    int newHeight = height / factor;
    int newWidth = width / factor;
    float[] result = new float[3 * newHeight * newWidth];
    int next = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          int corner = (channel * height + y * factor) * width + x * factor;
          result[next++] = blockMean(pixels.data(), corner, width, factor);
        }
      }
    }
    return HostTensor.of(result, 3, newHeight, newWidth);
  }

  private static float blockMean(float[] data, int corner, int stride, int factor) {
    float sum = 0;
    for (int y = 0; y < factor; y++) {
      for (int x = 0; x < factor; x++) {
        sum += data[corner + y * stride + x];
      }
    }
    return sum / (factor * factor);
  }
}
