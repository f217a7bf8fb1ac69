package dev.cascadefarm.diffusion.vae;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A loaded encoder: pictures become latents, scaled to about unit variance. Lives on the engine
 * thread.
 */
public final class LatentEncoder implements AutoCloseable {
  private final AutoencoderConfig config;
  private final TorchModule module;

  /**
   * An encoder.
   *
   * @param module of {@link Autoencoder#encoderGraph}; closed with this
   */
  public LatentEncoder(AutoencoderConfig config, TorchModule module) {
    this.config = config;
    this.module = module;
  }

  public AutoencoderConfig config() {
    return config;
  }

  /**
   * Draws latents from the distributions that the encoder predicts.
   *
   * @param pictures {@code (B, C, H, W)} in [-1, 1]
   * @param noise gives so many standard normal numbers
   * @return {@code (B, L, h, w)}
   */
  public HostTensor encode(HostTensor pictures, IntFunction<float[]> noise) {
    HostTensor moments =
        module.call(Autoencoder.ENCODE, List.<Input>of(new Input.Floats(pictures))).get(0);
    long[] shape = moments.shape().clone();
    shape[1] = config.latentChannels();
    int count = (int) shape[0];
    int each = moments.data().length / (2 * count);
    float[] z = noise.apply(count * each);
    float[] latents = new float[count * each];
    for (int i = 0; i < latents.length; i++) {
      int mean = i / each * 2 * each + i % each;
      double deviation = AutoencoderLoss.deviation(moments.data()[mean + each]);
      latents[i] = (float) (config.scalingFactor() * (moments.data()[mean] + deviation * z[i]));
    }
    return new HostTensor(shape, latents);
  }

  @Override
  public void close() {
    module.close();
  }
}
