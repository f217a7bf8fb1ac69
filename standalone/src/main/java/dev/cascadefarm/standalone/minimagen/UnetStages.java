package dev.cascadefarm.standalone.minimagen;

import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import dev.cascadefarm.standalone.install.DiffusionStage;

/**
 * MinImagen's U-Nets as stages. What the weights were trained with is fixed: linear schedule, noise
 * objective, a small picture that is brought to [-1, 1] before it is noised. MinImagen's way of
 * sampling is the default, but for the number of steps and for the small picture, which its sampler
 * prepares otherwise than its training.
 */
final class UnetStages {
  /** Of the farm's pictures. */
  static final int CHANNELS = 3;

  private static final String SCHEDULE = "linear";
  private static final String SAMPLER = "ddpm";

  /** A quarter and an eighth of the 1000 steps that MinImagen takes by default. */
  private static final int BASE_STEPS = 250;

  private static final int SUPER_RESOLUTION_STEPS = 125;
  private static final double GUIDANCE = 3;
  private static final double NO_GUIDANCE = 1;

  private UnetStages() {}

  /**
   * The stage of one U-Net.
   *
   * @param index from 0
   */
  static DiffusionStage of(MinImagen model, int index) {
    ImagenArguments imagen = model.imagen();
    UnetConfig unet = model.config(index);
    DiffusionConfig diffusion =
        new DiffusionConfig(
            SCHEDULE, imagen.timesteps(index), Objective.NOISE, Sampler.USUAL_HISTORY);
    int side = imagen.imageSizes().get(index);
    return new DiffusionStage(unet, diffusion, side, parameters(imagen, index));
  }

  private static DiffusionParameters parameters(ImagenArguments imagen, int index) {
    boolean base = index == 0;
    int timesteps = imagen.timesteps(index);
    return new DiffusionParameters(
        SAMPLER,
        Math.min(timesteps, base ? BASE_STEPS : SUPER_RESOLUTION_STEPS),
        timesteps,
        imagen.condDropProb() > 0 ? GUIDANCE : NO_GUIDANCE,
        new DynamicThreshold(imagen.dynamicThresholdingPercentile(), DynamicThreshold.MOST_CAP),
        base ? DiffusionParameters.NO_SMALL_PICTURE : imagen.lowresSampleNoiseLevel());
  }
}
