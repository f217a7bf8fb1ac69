package dev.cascadefarm.diffusion.scenes;

import java.util.Arrays;

/** Which textures the objects of a sampler may have. */
public enum Textures {
  /** All objects are plain. */
  NONE,
  /** Those that show at 64 pixels. */
  BOLD,
  /** Those too that show at 256 pixels only. */
  ALL;

  private static final Texture[] EVERY = Texture.values();
  private static final Texture[] VISIBLE_AT_64 =
      Arrays.stream(EVERY).filter(texture -> !texture.fine()).toArray(Texture[]::new);

  /** The same number of draws whatever the choice, so that nothing else of a scene changes. */
  Texture draw(SceneRandom random) {
    Texture drawn = random.pick(this == ALL ? EVERY : VISIBLE_AT_64);
    return this == NONE ? Texture.PLAIN : drawn;
  }
}
