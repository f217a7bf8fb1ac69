package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
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
 * latent's distribution, not a draw from it, and looks at the pictures' error alone.
 */
public final class AutoencoderTask extends PictureTask {
  private final AutoencoderConfig config;
  private final AutoencoderLoss loss;
  private final PictureTensors pictures;

  /**
   * Prepares the task.
   *
   * @param normality as in {@link AutoencoderLoss}
   * @throws IllegalArgumentException naming what does not fit together
   */
  public AutoencoderTask(AutoencoderConfig config, StageData data, double normality) {
    super(data);
    requireFits(config, "side", data.frame().side());
    requireFits(config, "crop", data.frame().cropSide());
    this.config = config;
    this.loss = new AutoencoderLoss(new Autoencoder(config), normality);
    this.pictures = PictureTensors.of(data);
  }

  private static void requireFits(AutoencoderConfig config, String name, int pixels) {
    Check.require(
        pixels % config.reduction() == 0, name, pixels, "a multiple of " + config.reduction());
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
  public String judgingMethod() {
    return AutoencoderLoss.ERROR;
  }

  @Override
  public Double psnr(double loss) {
    return AutoencoderLoss.psnr(loss);
  }

  /** The pictures of a batch to learn from, {@code (B, C, H, W)}. */
  HostTensor shown(long number) {
    return ((Input.Floats) batch(number).get(0)).tensor();
  }

  AutoencoderConfig config() {
    return config;
  }

  @Override
  List<Input> inputs(Shown shown) {
    HostTensor x = pictures.of(shown).pictures();
    int count = latent(x);
    float[] noise =
        shown.judges()
            ? new float[count]
            : new CounterNoise(data().seed(), "train", "latent").normals(shown.number(), count);
    long side = x.shape()[2] / config.reduction();
    long[] shape = {x.shape()[0], config.latentChannels(), side, side};
    return List.of(new Input.Floats(x), new Input.Floats(new HostTensor(shape, noise)));
  }

  /** Numbers in the latents of these pictures. */
  private int latent(HostTensor pictures) {
    int side = (int) pictures.shape()[2] / config.reduction();
    return (int) pictures.shape()[0] * config.latentChannels() * side * side;
  }
}
