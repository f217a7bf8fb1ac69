package dev.cascadefarm.diffusion.clip;

import dev.cascadefarm.diffusion.image.PillowBicubic;
import dev.cascadefarm.diffusion.image.PillowBicubic.Window;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;

/**
 * What CLIP does to a picture before it looks at it: the shorter side is brought to a size, the
 * middle is cut out, the colours are normalised.
 *
 * @param shortestEdge length that the shorter side is brought to, in pixels
 * @param cropSize side of the middle that is cut out, in pixels; at most {@code shortestEdge}
 * @param imageMean subtracted, per channel
 * @param imageStd divided by, per channel
 */
public record ClipPreprocessing(
    int shortestEdge, int cropSize, List<Double> imageMean, List<Double> imageStd) {
  private static final int LARGEST_SIDE = 4096;
  private static final double WHITE = 1 / 255.0;
  private static final List<Double> MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> DEVIATION = List.of(0.26862954, 0.26130258, 0.27577711);

  public ClipPreprocessing {
    imageMean = List.copyOf(imageMean);
    imageStd = List.copyOf(imageStd);
    ClipConfig.require(
        "shortest_edge",
        shortestEdge,
        shortestEdge >= 1 && shortestEdge <= LARGEST_SIDE,
        "1 to " + LARGEST_SIDE);
    ClipConfig.require(
        "crop_size",
        cropSize,
        cropSize >= 1 && cropSize <= shortestEdge,
        "1 to shortest_edge, " + shortestEdge);
    ClipConfig.require("image_mean", imageMean, imageMean.size() == 3, "three numbers");
    ClipConfig.require(
        "image_std",
        imageStd,
        imageStd.size() == 3 && imageStd.stream().allMatch(each -> each > 0),
        "three numbers > 0");
  }

  /** What the first CLIPs were trained with, for pictures of that side. */
  public static ClipPreprocessing original(int side) {
    return new ClipPreprocessing(side, side, MEAN, DEVIATION);
  }

  /**
   * Prepares a picture of any size and shape.
   *
   * @param picture {@code (3, H, W)} in [0, 1]
   * @return {@code (1, 3, cropSize, cropSize)}
   */
  public HostTensor apply(HostTensor picture) {
    int height = (int) picture.shape()[1];
    int width = (int) picture.shape()[2];
    HostTensor middle = new PillowBicubic(height, width, window(height, width)).apply(picture);
    float[] normalised = new float[middle.data().length];
    int plane = cropSize * cropSize;
    for (int i = 0; i < normalised.length; i++) {
      float value = (float) (middle.data()[i] * WHITE);
      float mean = imageMean.get(i / plane).floatValue();
      normalised[i] = (value - mean) / imageStd.get(i / plane).floatValue();
    }
    return HostTensor.of(normalised, 1, 3, cropSize, cropSize);
  }

  private Window window(int height, int width) {
    int newHeight = height <= width ? shortestEdge : longer(height, width);
    int newWidth = height <= width ? longer(width, height) : shortestEdge;
    return new Window(
        newHeight, newWidth, (newHeight - cropSize) / 2, (newWidth - cropSize) / 2, cropSize);
  }

  private int longer(int longer, int shorter) {
    return (int) ((double) ((long) shortestEdge * longer) / shorter);
  }
}
