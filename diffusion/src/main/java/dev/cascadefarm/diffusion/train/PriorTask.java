package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.NoiseLevels;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.PriorLoss;
import java.util.List;
import java.util.stream.Stream;

/**
 * Teaches a diffusion prior on captioned pictures, with the CLIP frozen. Validation shows every
 * caption and draws its noise by numbers of its own, the same every time.
 */
public final class PriorTask implements TrainingTask {
  private final DiffusionPrior prior;
  private final StageData data;
  private final ClipExamples examples;
  private final PriorTraining training;

  private PriorTask(
      DiffusionPrior prior, StageData data, ClipExamples examples, PriorTraining training) {
    this.prior = prior;
    this.data = data;
    this.examples = examples;
    this.training = training;
  }

  /**
   * Prepares the task.
   *
   * @param data whose frame is not read: the pictures are the CLIP's
   * @param encoder stays open
   * @throws IllegalArgumentException naming what does not fit together
   */
  public static PriorTask of(
      DiffusionPrior prior, StageData data, ClipEncoder encoder, PriorTraining training) {
    PriorConfig config = prior.config();
    ClipExamples.requireFit(
        encoder.config(), config.latentDim(), config.textWidth(), config.maxTextLen());
    return new PriorTask(prior, data, new ClipExamples(encoder), training);
  }

  @Override
  public Graph graph() {
    return new PriorLoss(prior).graph();
  }

  @Override
  public String lossMethod() {
    return PriorLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return data.batch();
  }

  @Override
  public List<Input> batch(long number) {
    return inputs(data.training(), number, new BatchDraws(data.seed()), training);
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    BatchDraws draws = new BatchDraws(~data.seed());
    return inputs(data.validation(), index, draws, training.withoutDrop());
  }

  private List<Input> inputs(
      PictureBatches batches, long number, BatchDraws draws, PriorTraining shown) {
    long[] indices = batches.indices(number);
    HostTensor image = examples.pictures(batches.pictures(), indices);
    ClipEncoder.Captions captions = examples.captions(batches, indices);
    int[] times = draws.times(number, indices.length, shown.timesteps());
    return Stream.of(
            image,
            draws.normals("noise", number, image),
            NoiseLevels.rows(shown.noiseSchedule(), Objective.X_START, times),
            captions.embeddings(),
            captions.encodings(),
            captions.mask(),
            draws.keep("drop", number, indices.length, shown.captionDrop()))
        .<Input>map(Input.Floats::new)
        .toList();
  }
}
