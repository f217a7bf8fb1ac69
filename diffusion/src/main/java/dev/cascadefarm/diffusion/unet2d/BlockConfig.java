package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.ResnetSettings;
import org.jspecify.annotations.Nullable;

/**
 * One resolution on the way down or up, or the middle.
 *
 * @param channels of its output
 * @param layers residual blocks; in the middle, those after the first
 * @param resnet how they work
 * @param attention after each of them (in the middle, before each but the first); absent if none
 * @param resampling at its end
 */
record BlockConfig(
    int channels,
    int layers,
    ResnetSettings resnet,
    @Nullable Attention attention,
    Resample resampling) {
  /** How the resolution changes. */
  enum Resample {
    NONE,
    CONVOLUTION,
    RESNET
  }
}
