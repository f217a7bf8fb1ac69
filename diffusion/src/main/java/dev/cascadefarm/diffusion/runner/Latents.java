package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The name under which latents travel between stages, and their form: {@code (1, L, h, w)}. */
final class Latents {
  static final String LATENTS = "latents";

  private Latents() {}

  /** Latents as an input or output of a stage, scaled to about unit variance. */
  static StageValue.Tensors of(HostTensor latents) {
    return new StageValue.Tensors(Map.of(LATENTS, latents));
  }

  /**
   * The latents that a stage was given.
   *
   * @throws InvalidSampleException if there are none, or not with so many channels
   */
  static HostTensor read(SampleRequest request, int channels) {
    HostTensor latents = tensor(request);
    if (latents == null
        || latents.shape().length != 4
        || latents.shape()[0] != 1
        || latents.shape()[1] != channels) {
      throw refused(request, "1×%d×h×w".formatted(channels));
    }
    return latents;
  }

  /** The same, of exactly that size. */
  static HostTensor read(SampleRequest request, Extent extent) {
    HostTensor latents = tensor(request);
    long[] shape = {1, extent.channels(), extent.height(), extent.width()};
    if (latents == null || !Arrays.equals(latents.shape(), shape)) {
      throw refused(
          request, "1×%d×%d×%d".formatted(extent.channels(), extent.height(), extent.width()));
    }
    return latents;
  }

  private static InvalidSampleException refused(SampleRequest request, String expected) {
    HostTensor latents = tensor(request);
    return new InvalidSampleException(
        "%s: %s (expected: latents, %s)"
            .formatted(
                LATENTS, latents == null ? request.inputs().get(LATENTS) : latents, expected));
  }

  private static @Nullable HostTensor tensor(SampleRequest request) {
    return request.inputs().get(LATENTS) instanceof StageValue.Tensors tensors
        ? tensors.tensors().get(LATENTS)
        : null;
  }
}
