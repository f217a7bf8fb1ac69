package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
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
public final class PriorTask implements TrainingTask {
  private final DenoisingLoss loss;
  private final StageData data;
  private final ClipExamples examples;
  private final NoisedBatches training;
  private final NoisedBatches validation;

  private PriorTask(
      DenoisingLoss loss, StageData data, ClipExamples examples, DiffusionTraining training) {
    this.loss = loss;
    this.data = data;
    this.examples = examples;
    this.training = new NoisedBatches(training, data.seed());
    this.validation = new NoisedBatches(training.withoutDrop(), ~data.seed());
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
  public Graph graph() {
    return loss.graph();
  }

  @Override
  public String lossMethod() {
    return DenoisingLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return data.batch();
  }

  @Override
  public List<Input> batch(long number) {
    return inputs(data.training(), number, training);
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    return inputs(data.validation(), index, validation);
  }

  private List<Input> inputs(PictureBatches batches, long number, NoisedBatches noised) {
    long[] indices = batches.indices(number);
    HostTensor image = examples.pictures(batches.pictures(), indices);
    ClipEncoder.Captions captions = examples.captions(batches, indices);
    HostTensor x0 = HostTensor.of(image.data(), indices.length, image.shape()[1], 1, 1);
    List<HostTensor> inputs = new ArrayList<>(noised.noised(number, x0));
    inputs.addAll(List.of(captions.encodings(), captions.mask(), captions.embeddings()));
    inputs.add(noised.keep(number, indices.length));
    return inputs.stream().<Input>map(Input.Floats::new).toList();
  }
}
