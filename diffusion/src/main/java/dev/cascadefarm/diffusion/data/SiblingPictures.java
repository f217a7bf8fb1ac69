package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.scenes.SceneRenderer;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSiblings;
import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * Scenes, each followed by its siblings: a batch of them can be told apart only by who has which
 * colour, which shape and which place. Immutable.
 */
public record SiblingPictures(SceneSampler sampler) implements CaptionedPictures {
  private static final int FAMILY = 1 + SceneSiblings.COUNT;

  @Override
  public long count() {
    return ENDLESS;
  }

  @Override
  public String caption(long index) {
    return CaptionGrammar.caption(scene(index));
  }

  @Override
  public HostTensor picture(long index, int side) {
    return HostTensor.of(SceneRenderer.render(scene(index), side), 3, side, side);
  }

  private Scene scene(long index) {
    long family = index / FAMILY;
    int member = (int) (index % FAMILY);
    Scene first = sampler.scene(family);
    return member == 0 ? first : SceneSiblings.of(first, family).get(member - 1);
  }
}
