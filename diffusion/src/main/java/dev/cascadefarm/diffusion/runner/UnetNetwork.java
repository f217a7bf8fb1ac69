package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Imagen's U-Net: draws from a caption, or enlarges a picture with its help. Without a caption it
 * hears what it learned in place of one.
 */
final class UnetNetwork implements DiffusionNetwork {
  private final UnetConfig config;
  private final UnetPredictor predictor;
  private final LowresInput lowres;

  UnetNetwork(UnetConfig config, DiffusionConfig diffusion, int side) {
    this.config = config;
    this.predictor = new UnetPredictor(new Unet(config), side);
    this.lowres = new LowresInput(diffusion, predictor.extent());
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public boolean enlarges() {
    return config.lowresCond();
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    int length = config.maxTextLen();
    int width = config.textEmbedDim();
    List<float[]> caption =
        new ArrayList<>(CaptionTensors.captionOrNone(request.inputs(), length, width).tensors());
    List<float[]> other = CaptionTensors.otherOrNone(request.inputs(), length, width).tensors();
    if (enlarges()) {
      caption.add(lowres.prepare(request, level));
    }
    return new Conditions(caption, other);
  }
}
