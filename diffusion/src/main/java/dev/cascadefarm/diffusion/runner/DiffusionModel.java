package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/** All that samples of one diffusion model share. */
record DiffusionModel(DiffusionNetwork network, DiffusionConfig diffusion, NoiseSchedule schedule) {
  DiffusionModel(DiffusionNetwork network, DiffusionConfig diffusion) {
    this(network, diffusion, diffusion.noiseSchedule());
    Variance variance = diffusion.habits().variance();
    Check.require(
        learnsVariance() == (variance == Variance.LEARNED_RANGE),
        "variance",
        variance,
        learnsVariance() ? "learned_range, as the model has channels for it" : "a fixed one");
  }

  boolean learnsVariance() {
    return network.predictor().learnsVariance();
  }

  /**
   * A model that is Imagen's U-Net.
   *
   * @param side of its pictures, in pixels
   */
  static DiffusionModel of(UnetConfig unet, DiffusionConfig diffusion, int side) {
    return new DiffusionModel(new UnetNetwork(unet, diffusion, side), diffusion);
  }

  /** The program that samples. */
  Graph graph() {
    return new Denoiser(network.predictor(), diffusion.history()).samplingGraph();
  }

  Extent extent() {
    return network.predictor().extent();
  }

  /** Tensors in a sample's state: x and its history. */
  int states() {
    return 1 + diffusion.history();
  }
}
