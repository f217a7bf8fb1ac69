package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderLoss;
import java.util.List;

/**
 * Teaches an autoencoder on pictures; captions are not read. Validation takes the mean of each
 * latent's distribution, not a draw from it.
 */
public final class AutoencoderTask implements TrainingTask {
  private final AutoencoderConfig config;
  private final AutoencoderLoss loss;
  private final StageData data;
  private final PictureTensors tensors;

  /**
   * Prepares the task.
   *
   * @param normality as in {@link AutoencoderLoss}
   * @throws IllegalArgumentException naming what does not fit together
   */
  public AutoencoderTask(AutoencoderConfig config, StageData data, double normality) {
    requireFits(config, "side", data.frame().side());
    requireFits(config, "crop", data.frame().cropSide());
    this.config = config;
    this.loss = new AutoencoderLoss(new Autoencoder(config), normality);
    this.data = data;
    this.tensors = new PictureTensors(data.frame(), draws("crop"));
  }

  private static void requireFits(AutoencoderConfig config, String name, int pixels) {
    if (pixels % config.reduction() != 0) {
      throw new IllegalArgumentException(
          name + ": " + pixels + " (expected: a multiple of " + config.reduction() + ")");
    }
  }

  @Override
  public Graph graph() {
    return loss.graph();
  }

  @Override
  public String lossMethod() {
    return AutoencoderLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return data.batch();
  }

  @Override
  public List<Input> batch(long number) {
    HostTensor pictures = pictures(data.training(), number, data.frame().shownSide(number));
    return inputs(pictures, draws("latent").normals(number, latent(pictures)));
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    HostTensor pictures = pictures(data.validation(), index, data.frame().side());
    return inputs(pictures, new float[latent(pictures)]);
  }

  private HostTensor pictures(PictureBatches batches, long number, int shown) {
    return tensors.of(batches.pictures(), batches.indices(number), number, shown).pictures();
  }

  private List<Input> inputs(HostTensor pictures, float[] noise) {
    long side = pictures.shape()[2] / config.reduction();
    long[] shape = {pictures.shape()[0], config.latentChannels(), side, side};
    return List.of(new Input.Floats(pictures), new Input.Floats(new HostTensor(shape, noise)));
  }

  /** Numbers in the latents of these pictures. */
  private int latent(HostTensor pictures) {
    int side = (int) pictures.shape()[2] / config.reduction();
    return (int) pictures.shape()[0] * config.latentChannels() * side * side;
  }

  private CounterNoise draws(String purpose) {
    return new CounterNoise(data.seed(), "train", purpose);
  }
}
