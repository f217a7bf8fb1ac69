package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.scenes.SceneRenderer;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.stage.HostTensor;

/** Scenes, drawn as they are asked for: example i is the sampler's scene i. Immutable. */
public record ScenePictures(SceneSampler sampler) implements CaptionedPictures {
  @Override
  public long count() {
    return ENDLESS;
  }

  @Override
  public String caption(long index) {
    return CaptionGrammar.caption(sampler.scene(index));
  }

  @Override
  public HostTensor picture(long index, int side) {
    return HostTensor.of(SceneRenderer.render(sampler.scene(index), side), 3, side, side);
  }
}
