package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.PriorPredictor;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a diffusion prior on captioned pictures, with the CLIP frozen. Validation shows every
 * caption and draws its noise by numbers of its own, the same every time.
 */
public final class PriorTask extends DenoisingTask {
  private final ClipExamples examples;

  private PriorTask(
      DenoisingLoss loss, StageData data, ClipExamples examples, DiffusionTraining training) {
    super(loss, data, training);
    this.examples = examples;
  }

  /**
   * Prepares the task.
   *
   * @param data whose frame is not read: the pictures are the CLIP's
   * @param encoder stays open
   * @throws IllegalArgumentException naming what does not fit together
   */
  public static PriorTask of(
      DiffusionPrior prior, StageData data, ClipEncoder encoder, DiffusionTraining training) {
    PriorConfig config = prior.config();
    ClipExamples.requireFit(
        encoder.config(), config.latentDim(), config.textWidth(), config.maxTextLen());
    DenoisingLoss loss = new DenoisingLoss(new PriorPredictor(prior), training.loss());
    return new PriorTask(loss, data, new ClipExamples(encoder), training);
  }

  @Override
  List<HostTensor> tensors(Shown shown, NoisedBatches noised) {
    long[] indices = shown.indices();
    HostTensor image = examples.pictures(shown.batches().pictures(), indices);
    ClipEncoder.Captions captions = examples.captions(shown.captions());
    HostTensor x0 = HostTensor.of(image.data(), indices.length, image.shape()[1], 1, 1);
    List<HostTensor> tensors = new ArrayList<>(noised.noised(shown.number(), x0));
    tensors.addAll(List.of(captions.encodings(), captions.mask(), captions.embeddings()));
    tensors.add(noised.keep(shown.number(), indices.length));
    return tensors;
  }
}
