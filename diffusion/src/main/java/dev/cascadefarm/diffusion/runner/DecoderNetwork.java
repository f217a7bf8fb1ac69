package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.runner.CaptionTensors.Branch;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DecoderPredictor;
import java.util.Map;

/**
 * A decoder: draws the picture of an embedding, with the caption's help if there is one. Guided, it
 * is pushed away from what it draws of no embedding, and of the negative prompt or no caption; for
 * each of the two it has learned what stands in its place.
 */
final class DecoderNetwork implements DiffusionNetwork {
  private final DecoderConfig config;
  private final DecoderPredictor predictor;

  /**
   * A network.
   *
   * @param side of its pictures, in pixels
   */
  DecoderNetwork(DecoderConfig config, int side) {
    this.config = config;
    this.predictor = new DecoderPredictor(new Decoder(config), side);
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    Map<String, StageValue> inputs = request.inputs();
    int length = config.maxTextLen();
    Branch caption = CaptionTensors.captionOrNone(inputs, length, config.textWidth());
    Branch other = CaptionTensors.otherOrNone(inputs, length, config.textWidth());
    float[] embedding = ImageEmbedding.read(request, config.latentDim());
    return ImageEmbedding.conditions(caption.tensors(), other.tensors(), embedding);
  }
}
