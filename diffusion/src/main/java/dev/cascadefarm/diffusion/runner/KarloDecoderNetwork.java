package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.karlo.ProjectedDecoder;
import dev.cascadefarm.diffusion.karlo.TextProjectionConfig;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.unet2d.Unet2d;

/**
 * A decoder of diffusers: draws the picture of an embedding, with the caption's help. Guided, it is
 * pushed away from what it draws of the negative prompt and no embedding; for that it has learned
 * one that stands in its place.
 */
final class KarloDecoderNetwork implements DiffusionNetwork {
  private final KarloDecoderConfig config;
  private final TextProjectionConfig projection;
  private final ProjectedDecoder predictor;

  /**
   * A network.
   *
   * @param side of its pictures, in pixels
   */
  KarloDecoderNetwork(KarloDecoderConfig config, int side) {
    this.config = config;
    this.projection = config.projection();
    this.predictor =
        new ProjectedDecoder(new Unet2d(config.unet()), projection, side, config.maxTextLen());
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    int width = projection.embedding();
    CaptionTensors.Wholes wholes =
        CaptionTensors.wholes(request.inputs(), config.maxTextLen(), width, width);
    return ImageEmbedding.conditions(
        wholes.caption().tensors(), wholes.other().tensors(), ImageEmbedding.read(request, width));
  }
}
