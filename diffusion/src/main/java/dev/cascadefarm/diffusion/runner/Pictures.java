package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.stage.HostTensor;

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
}
