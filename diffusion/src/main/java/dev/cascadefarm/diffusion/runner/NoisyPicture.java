package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The name under which a picture that one row is missing of travels between the two stages of a
 * run: {@code (1, C, H, W)}, as the last row takes it.
 */
final class NoisyPicture {
  static final String NAME = "noisy_image";

  private NoisyPicture() {}

  /** A state {@code (C·H·W)} as an input or output of a stage. */
  static StageValue.Tensors of(float[] x, Extent extent) {
    return new StageValue.Tensors(
        Map.of(NAME, HostTensor.of(x, 1, extent.channels(), extent.height(), extent.width())));
  }

  /**
   * The state that a stage was given.
   *
   * @throws InvalidSampleException if there is none, or not of that size, or it is not finite
   */
  static float[] read(SampleRequest request, Extent extent) {
    @Nullable StageValue input = request.inputs().get(NAME);
    @Nullable HostTensor x =
        input instanceof StageValue.Tensors tensors ? tensors.tensors().get(NAME) : null;
    long[] shape = {1, extent.channels(), extent.height(), extent.width()};
    if (x == null || !Arrays.equals(x.shape(), shape)) {
      throw new InvalidSampleException(
          "%s: %s (expected: %s)".formatted(NAME, x == null ? input : x, Arrays.toString(shape)));
    }
    for (float each : x.data()) {
      if (!Float.isFinite(each)) {
        throw new InvalidSampleException(NAME + ": " + each + " (expected: finite numbers)");
      }
    }
    return x.data();
  }
}
