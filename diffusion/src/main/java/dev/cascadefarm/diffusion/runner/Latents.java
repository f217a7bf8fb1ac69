package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
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
    StageValue input = request.inputs().get(LATENTS);
    HostTensor latents = tensor(input);
    if (latents == null
        || latents.shape().length != 4
        || latents.shape()[0] != 1
        || latents.shape()[1] != channels) {
      throw new InvalidSampleException(
          "%s: %s (expected: latents, 1×%d×h×w)".formatted(LATENTS, input, channels));
    }
    return latents;
  }

  private static @Nullable HostTensor tensor(@Nullable StageValue input) {
    return input instanceof StageValue.Tensors tensors ? tensors.tensors().get(LATENTS) : null;
  }
}
