package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import java.util.List;
import java.util.Map;

/** The half of an autoencoder that makes a picture of latents. */
final class VaeDecoderStage implements OneRowStage {
  private final AutoencoderConfig config;
  private final TorchModule module;

  VaeDecoderStage(AutoencoderConfig config, TorchModule module) {
    this.config = config;
    this.module = module;
  }

  @Override
  public Work begin(SampleRequest request) {
    HostTensor latents = Latents.read(request, config.latentChannels());
    return () -> Map.of(Pictures.IMAGE, new StageValue.Image(decode(latents)));
  }

  private HostTensor decode(HostTensor latents) {
    float[] unscaled = latents.data().clone();
    for (int i = 0; i < unscaled.length; i++) {
      unscaled[i] /= (float) config.scalingFactor();
    }
    List<Input> inputs = List.of(new Input.Floats(new HostTensor(latents.shape(), unscaled)));
    HostTensor x = module.call(Autoencoder.DECODE, inputs).get(0);
    int height = (int) x.shape()[2];
    int width = (int) x.shape()[3];
    return Pictures.of(x.data(), new Extent(config.outChannels(), height, width));
  }

  @Override
  public void close() {
    module.close();
  }
}
