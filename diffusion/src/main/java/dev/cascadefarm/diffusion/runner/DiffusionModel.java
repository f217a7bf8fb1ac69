package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * All that samples of one diffusion model share.
 *
 * @param side of its pictures, in pixels
 */
record DiffusionModel(
    UnetConfig unet, DiffusionConfig diffusion, NoiseSchedule schedule, int side) {
  DiffusionModel(UnetConfig unet, DiffusionConfig diffusion, int side) {
    this(unet, diffusion, diffusion.noiseSchedule(), side);
  }

  /** Floats in one picture. */
  int pixels() {
    return unet.channels() * side * side;
  }
}
