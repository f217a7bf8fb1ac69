package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;

/** Pictures as stages pass them on. */
final class Pictures {
  /** The name of a stage's input or output that is a picture. */
  static final String IMAGE = "image";

  private Pictures() {}

  /** Brings x from [-1, 1] to [0, 1]; what lies outside is cut. */
  static HostTensor of(float[] x, Extent extent) {
    float[] picture = new float[extent.size()];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = Math.max(0, Math.min(1, (x[i] + 1) / 2));
    }
    return HostTensor.of(picture, extent.channels(), extent.height(), extent.width());
  }

  /**
   * The picture that a stage was given.
   *
   * @return {@code (C, H, H)} in [0, 1]
   * @throws InvalidSampleException if there is none, or it is not square, or has other channels
   */
  static HostTensor read(SampleRequest request, int channels) {
    StageValue input = request.inputs().get(IMAGE);
    if (!(input instanceof StageValue.Image image)) {
      throw new InvalidSampleException(IMAGE + ": " + input + " (expected: a picture)");
    }
    long[] shape = image.pixels().shape();
    if (shape.length != 3 || shape[0] != channels || shape[1] != shape[2] || shape[1] < 1) {
      throw new InvalidSampleException(
          "%s: %s (expected: a square picture of %d channels)"
              .formatted(IMAGE, image.pixels(), channels));
    }
    return image.pixels();
  }

  /** A picture as networks take it: {@code (1, C, H, W)} in [-1, 1]. */
  static HostTensor centred(HostTensor picture) {
    float[] x = new float[picture.data().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * picture.data()[i] - 1;
    }
    long[] shape = picture.shape();
    return HostTensor.of(x, 1, shape[0], shape[1], shape[2]);
  }
}
