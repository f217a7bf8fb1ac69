package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.runner.CaptionTensors.Branch;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dPredictor;
import java.util.ArrayList;
import java.util.List;

/**
 * A U-Net of diffusers: draws pictures or latents from a caption's tokens, or enlarges a picture.
 * Without a caption, and without a negative prompt, it hears zeros.
 */
final class Unet2dNetwork implements DiffusionNetwork {
  private final Unet2dStageConfig config;
  private final int width;
  private final Unet2dPredictor predictor;
  private final LowresInput lowres;

  /**
   * A network.
   *
   * @param side of x: in pixels, or in numbers of a latent
   */
  Unet2dNetwork(Unet2dStageConfig config, DiffusionConfig diffusion, int side) {
    Unet2dConfig unet = config.unet();
    Extent extent = Extent.square(config.channels(), side);
    this.config = config;
    this.width = unet.tokenWidth();
    this.predictor = new Unet2dPredictor(new Unet2d(unet), extent, config.maxTextLen());
    this.lowres = new LowresInput(diffusion, extent);
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Medium medium() {
    return Medium.of(config.latents());
  }

  @Override
  public boolean enlarges() {
    return predictor.enlarges();
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    List<float[]> caption = new ArrayList<>();
    List<float[]> other = new ArrayList<>();
    if (config.maxTextLen() > 0) {
      int length = config.maxTextLen();
      caption.add(tokens(CaptionTensors.caption(request.inputs(), length, width)));
      other.add(tokens(CaptionTensors.other(request.inputs(), length, width)));
    }
    if (enlarges()) {
      caption.add(lowres.prepare(request, level));
    }
    return new Conditions(caption, other);
  }

  private static float[] tokens(Branch branch) {
    float[] embeds = branch.embeds().data();
    return branch.keep() == 1 ? embeds : new float[embeds.length];
  }
}
