package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.UnclipSizes.Drawer;
import dev.cascadefarm.diffusion.train.UnclipSizes.Enlarger;
import dev.cascadefarm.diffusion.train.UnclipSizes.Lesson;
import dev.cascadefarm.diffusion.train.UnclipSizes.Pair;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import java.util.List;
import java.util.Map;

/**
 * The recipes of the unCLIP cascades that are made from procedural scenes, in the order of
 * training: CLIP, prior, decoder, super-resolution.
 */
public final class UnclipRecipes {
  private static final int TEXT_LENGTH = 24;
  private static final int PATCH = 8;
  private static final int SIDE = 64;

  private UnclipRecipes() {}

  /** The recipes of that cascade: {@code scenes-unclip} or {@code tiny-unclip}. */
  public static List<UnclipRecipe> of(String cascade) {
    return switch (cascade) {
      case "scenes-unclip" -> recipes(cascade, scenes(), sceneLessons());
      case "tiny-unclip" -> recipes(cascade, tiny(), tinyLessons());
      default ->
          throw new IllegalArgumentException(
              "cascade: " + cascade + " (expected: scenes-unclip or tiny-unclip)");
    };
  }

  private static List<UnclipRecipe> recipes(
      String cascade, UnclipSizes sizes, Map<String, Lesson> lessons) {
    int vocabulary = WordTokenizer.vocabularySize(CaptionGrammar.vocabulary());
    return sizes.recipes(cascade, vocabulary, lessons, UnclipRecipe.SEED);
  }

  private static UnclipSizes scenes() {
    return new UnclipSizes(
        pair(new TowerConfig(96, 4, 4), new TowerConfig(128, 3, 4), 96),
        new TowerConfig(96, 4, 4),
        new Drawer(32, List.of(1, 2, 2), 96),
        new Enlarger(16, List.of(1, 2, 3), 64));
  }

  private static Map<String, Lesson> sceneLessons() {
    return Map.of(
        "clip", new Lesson(128, OptimizerConfig.usual(1e-3, 2_500)),
        "prior", new Lesson(128, OptimizerConfig.usual(1e-3, 2_500)),
        "decoder", new Lesson(64, OptimizerConfig.usual(1e-3, 8_000)),
        "sr64", new Lesson(16, OptimizerConfig.usual(2e-3, 4_000)));
  }

  /** A cascade of the same form that knows nothing: for tests of everything but the pictures. */
  private static UnclipSizes tiny() {
    return new UnclipSizes(
        pair(new TowerConfig(16, 1, 2), new TowerConfig(16, 1, 2), 16),
        new TowerConfig(16, 1, 2),
        new Drawer(8, List.of(1, 2), 16),
        new Enlarger(8, List.of(1, 1), 8));
  }

  private static Map<String, Lesson> tinyLessons() {
    Lesson none = new Lesson(4, OptimizerConfig.usual(1e-3, 0));
    return Map.of("clip", none, "prior", none, "decoder", none, "sr64", none);
  }

  private static Pair pair(TowerConfig vision, TowerConfig text, int latentDim) {
    return new Pair(SIDE, PATCH, vision, text, TEXT_LENGTH, latentDim);
  }
}
