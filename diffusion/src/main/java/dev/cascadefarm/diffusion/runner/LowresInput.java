package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;

/**
 * Prepares the picture that a stage is given to enlarge: resized, brought to [-1, 1] and noised
 * (conditioning augmentation), by the image's own seed. Immutable.
 */
final class LowresInput {
  private final DiffusionConfig diffusion;
  private final NoiseSchedule schedule;
  private final Extent extent;

  LowresInput(DiffusionConfig diffusion, Extent extent) {
    this.diffusion = diffusion;
    this.schedule = diffusion.lowresSchedule();
    this.extent = extent;
  }

  /**
   * A task's picture as the network takes it.
   *
   * @param level timestep to which it is noised
   */
  float[] prepare(SampleRequest request, int level) {
    HostTensor picture = Pictures.read(request, extent.channels());
    float[] noise =
        new CounterNoise(request.seed(), request.stage(), "aug").normals(0, extent.size());
    return diffusion.lowres().prepare(picture, extent.height(), schedule, level, noise);
  }
}
