package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import java.util.Map;
import java.util.Optional;

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

  /** A model that is a U-Net of diffusers. */
  static DiffusionModel of(Unet2dStageConfig unet, DiffusionConfig diffusion, int side) {
    return new DiffusionModel(new Unet2dNetwork(unet, diffusion, side), diffusion);
  }

  /** A model that makes embeddings. */
  static DiffusionModel of(PriorConfig prior, DiffusionConfig diffusion) {
    return new DiffusionModel(new PriorNetwork(prior), diffusion);
  }

  /** A model that draws embeddings. */
  static DiffusionModel of(DecoderConfig decoder, DiffusionConfig diffusion, int side) {
    return new DiffusionModel(new DecoderNetwork(decoder, side), diffusion);
  }

  /** A model that makes embeddings as Karlo does. */
  static DiffusionModel of(KarloPriorConfig prior, DiffusionConfig diffusion) {
    return new DiffusionModel(new KarloPriorNetwork(prior), diffusion);
  }

  /** A model that draws embeddings as Karlo does. */
  static DiffusionModel of(KarloDecoderConfig decoder, DiffusionConfig diffusion, int side) {
    return new DiffusionModel(new KarloDecoderNetwork(decoder, side), diffusion);
  }

  /** The program that samples. */
  Graph graph() {
    return network.finishing(new Denoiser(network.predictor()).samplingGraph());
  }

  /** What the stage hands on, of the state behind its last row. */
  Map<String, StageValue> outputs(float[] x) {
    return diffusion.rows() == Rows.BUT_LAST
        ? Map.of(NoisyPicture.NAME, NoisyPicture.of(x, extent()))
        : network.medium().outputs(x, extent());
  }

  /** The clean x that a task starts from instead of noise. */
  Optional<float[]> start(SampleRequest request) {
    return network.enlarges() ? Optional.empty() : network.medium().start(request, extent());
  }

  Extent extent() {
    return network.predictor().extent();
  }
}
