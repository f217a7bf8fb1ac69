package dev.cascadefarm.diffusion.scenes;

import java.util.EnumSet;
import java.util.Set;

/** How scenes are put into words. Which words a scene gets depends on seed and index alone. */
public enum Wording {
  /** Always the plain form. */
  PLAIN,
  /** The captions of training: half in the plain form, half in any other, with synonyms. */
  VARIED,
  /** A phrasing that training never shows, with synonyms. */
  HELD_OUT;

  /** Keeps the draws apart from those of the scenes. */
  private static final int STREAM = 16;

  /**
   * Caption of a scene.
   *
   * @param seed of the wordings
   * @param index of the scene
   */
  public String caption(Scene scene, long seed, long index) {
    SceneRandom random = new SceneRandom(seed, STREAM, index);
    if (this == PLAIN || (this == VARIED && random.below(2) == 0)) {
      return CaptionGrammar.caption(scene);
    }
    Phrasing phrasing = this == HELD_OUT ? Phrasing.HELD_OUT : random.pick(Phrasing.training());
    return CaptionGrammar.caption(scene, phrasing, synonyms(random));
  }

  private static Set<Synonym> synonyms(SceneRandom random) {
    Set<Synonym> chosen = EnumSet.noneOf(Synonym.class);
    for (Synonym each : Synonym.values()) {
      if (random.below(2) == 0) {
        chosen.add(each);
      }
    }
    return chosen;
  }
}
