package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a network to draw latents from captions, with the text encoder and the autoencoder
 * frozen. A caption that is left out is embedded as zeros.
 */
public final class LatentTask implements TrainingTask {
  private final DenoisingLoss loss;
  private final StageData data;
  private final Frozen frozen;
  private final NoisedBatches training;
  private final NoisedBatches validation;
  private final PictureTensors tensors;

  /**
   * What is not taught any more.
   *
   * @param captions stays open
   * @param pictures stays open
   */
  public record Frozen(CaptionEncoder captions, LatentEncoder pictures) {}

  /**
   * Prepares the task.
   *
   * @param predictor of latents; hears a caption's embeddings and nothing else
   * @param data with frames of whole pictures
   */
  public LatentTask(
      Predictor predictor, StageData data, Frozen frozen, DiffusionTraining training) {
    this.loss = new DenoisingLoss(predictor, training.loss());
    this.data = data;
    this.frozen = frozen;
    this.training = new NoisedBatches(training, data.seed());
    this.validation = new NoisedBatches(training.withoutDrop(), ~data.seed());
    this.tensors = new PictureTensors(data.frame(), new CounterNoise(data.seed(), "train", "crop"));
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
    return inputs(training, data.training(), number);
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    return inputs(validation, data.validation(), index);
  }

  private List<Input> inputs(NoisedBatches noised, PictureBatches batches, long number) {
    long[] indices = batches.indices(number);
    HostTensor pictures =
        tensors.of(batches.pictures(), indices, number, data.frame().side()).pictures();
    HostTensor latents =
        frozen.pictures().encode(pictures, count -> noised.normals("latent", number, count));
    Encoded captions = frozen.captions().encode(batches.captions(indices));
    List<HostTensor> inputs = new ArrayList<>(noised.noised(number, latents));
    inputs.add(kept(captions.embeds(), noised.keep(number, indices.length)));
    return inputs.stream().<Input>map(Input.Floats::new).toList();
  }

  /** Zeros instead of what is not kept. */
  private static HostTensor kept(HostTensor embeds, HostTensor keep) {
    float[] kept = embeds.data().clone();
    int each = kept.length / keep.data().length;
    for (int i = 0; i < kept.length; i++) {
      kept[i] *= keep.data()[i / each];
    }
    return new HostTensor(embeds.shape(), kept);
  }
}
