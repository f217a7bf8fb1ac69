package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.util.Map;

/**
 * The half of an autoencoder that makes latents of a picture: drawn from the distribution it
 * predicts, by the image's own seed.
 */
final class VaeEncoderStage implements OneRowStage {
  private final LatentEncoder encoder;
  private final int side;

  /**
   * A model.
   *
   * @param side to which pictures are brought, in pixels
   */
  VaeEncoderStage(LatentEncoder encoder, int side) {
    this.encoder = encoder;
    this.side = side;
  }

  @Override
  public Work begin(SampleRequest request) {
    HostTensor picture = Pictures.read(request, encoder.config().inChannels());
    HostTensor x = Pictures.centred(Resize.within(picture, side));
    CounterNoise noise = new CounterNoise(request.seed(), request.stage(), "latents");
    return () ->
        Map.of(Latents.LATENTS, Latents.of(encoder.encode(x, count -> noise.normals(0, count))));
  }

  @Override
  public void close() {
    encoder.close();
  }
}
