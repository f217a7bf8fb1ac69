package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.scheduler.Thresholding;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.LatentDiffusion;

/**
 * The stage that draws latents, from noise or from a picture's latents. By default it samples as
 * the pipeline does.
 *
 * @param side of the latents
 */
record LatentStage(Unet2dStageConfig unet, SchedulerConfig scheduler, int side) {
  private static final int STEPS = 50;
  private static final double GUIDANCE = 7.5;
  private static final double STRENGTH = 0.8;

  /** The pipeline's constructor sets it, whatever the scheduler's file says. */
  private static final int STEPS_OFFSET = 1;

  /** How the network was trained. */
  DiffusionConfig diffusion() {
    return sampling().diffusion(LowresPicture.AS_TRAINED);
  }

  /** The settings that a job may give. */
  ObjectNode parameters() {
    ObjectNode schema = sampling().parameters(DiffusionParameters.NO_SMALL_PICTURE);
    DiffusionParameters.addStrength(schema, STRENGTH);
    return schema;
  }

  private PipelineSampling sampling() {
    return new PipelineSampling(scheduler, thresholding(), STEPS_OFFSET, STEPS, GUIDANCE);
  }

  /** As the scheduler's file says, but the pipeline's constructor forbids it to clip. */
  private Thresholding thresholding() {
    return scheduler.thresholding().kind() == Thresholding.Kind.DYNAMIC
        ? scheduler.thresholding()
        : Thresholding.NONE;
  }

  /** Writes the bundle. */
  void write(BundleDraft draft, BundleFiles.Weights weights) {
    new LatentDiffusion(unet, diffusion(), side, parameters()).write(draft, weights);
  }
}
