package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import java.util.List;
import java.util.Map;

/**
 * The half of an unCLIP's {@link Clip} that looks at pictures: takes {@code image}, a square of any
 * size, gives {@code image_embed}.
 */
final class UnclipImageStage implements OneRowStage {
  private final ClipConfig config;
  private final TorchModule module;

  UnclipImageStage(ClipConfig config, TorchModule module) {
    this.config = config;
    this.module = module;
  }

  @Override
  public Work begin(SampleRequest request) {
    HostTensor picture = Pictures.read(request, config.channels());
    HostTensor x = Pictures.centred(Resize.within(picture, config.side()));
    return () -> {
      HostTensor embedding =
          module.call(Clip.ENCODE_IMAGE, List.<Input>of(new Input.Floats(x))).get(0);
      return Map.of(ImageEmbedding.NAME, ImageEmbedding.of(embedding.data()));
    };
  }

  @Override
  public void close() {
    module.close();
  }
}
