package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DecoderPredictor;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a decoder on captioned pictures and their own embeddings, with the CLIP frozen.
 * Validation shows whole pictures, every embedding and every caption, and draws its noise by
 * numbers of its own, the same every time.
 */
public final class DecoderTask extends DenoisingTask {
  private final ClipExamples examples;
  private final PictureTensors pictures;
  private final double imageDrop;

  private DecoderTask(
      DenoisingLoss loss, StageData data, ClipExamples examples, DecoderTraining training) {
    super(loss, data, training.diffusion());
    this.examples = examples;
    this.pictures = PictureTensors.of(data);
    this.imageDrop = training.imageDrop();
  }

  /**
   * Prepares the task.
   *
   * @param data whose pictures are the decoder's; the CLIP sees the same ones at its own size
   * @param encoder stays open
   * @throws IllegalArgumentException naming what does not fit together
   */
  public static DecoderTask of(
      Decoder decoder, StageData data, ClipEncoder encoder, DecoderTraining training) {
    DecoderConfig config = decoder.config();
    ClipExamples.requireFit(
        encoder.config(), config.latentDim(), config.textWidth(), config.maxTextLen());
    StageData.Frame frame = data.frame();
    Check.require(config.channels() == 3, "channels", config.channels(), "3");
    Check.require(frame.cropSide() == frame.side(), "crop", frame.cropSide(), "whole pictures");
    Check.require(frame.lowresSide() == 0, "lowres_side", frame.lowresSide(), "0");
    DecoderPredictor predictor = new DecoderPredictor(decoder, frame.side());
    DenoisingLoss loss = new DenoisingLoss(predictor, training.diffusion().loss());
    return new DecoderTask(loss, data, new ClipExamples(encoder), training);
  }

  @Override
  List<HostTensor> tensors(Shown shown, NoisedBatches noised) {
    long number = shown.number();
    int count = shown.indices().length;
    HostTensor x0 = pictures.whole(shown);
    ClipEncoder.Captions captions = examples.captions(shown.captions());
    List<HostTensor> tensors = new ArrayList<>(noised.noised(number, x0));
    tensors.addAll(List.of(captions.encodings(), captions.mask(), noised.keep(number, count)));
    tensors.add(noised.keep("image drop", number, count, shown.judges() ? 0 : imageDrop));
    tensors.add(examples.pictures(shown.batches().pictures(), shown.indices()));
    return tensors;
  }
}
