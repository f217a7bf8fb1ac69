package dev.cascadefarm.diffusion.recipe;

import dev.cascadefarm.diffusion.train.UnclipRecipe;
import dev.cascadefarm.diffusion.train.UnclipSizes;
import dev.cascadefarm.diffusion.train.UnclipSizes.Drawer;
import dev.cascadefarm.diffusion.train.UnclipSizes.Enlarger;
import dev.cascadefarm.diffusion.train.UnclipSizes.Lesson;
import dev.cascadefarm.diffusion.train.UnclipSizes.Pair;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an unCLIP cascade is made: a CLIP, a prior, a decoder and a super-resolution, in the place of
 * stages. What is not said is as in {@code scenes-unclip}.
 *
 * @param lessons by name of the model
 */
public record UnclipPlan(UnclipSizes sizes, Map<String, Lesson> lessons) {
  private static final int MOST = 1 << 14;

  public UnclipPlan {
    lessons = Map.copyOf(lessons);
  }

  /** Pixels of what the cascade draws. */
  int side() {
    return sizes.clip().side();
  }

  /** The recipes of the models in the order of training, for so many tokens. */
  public List<UnclipRecipe> recipes(String cascade, int vocabulary, long seed) {
    return sizes.recipes(cascade, vocabulary, lessons, seed);
  }

  /** Reads the section. */
  static UnclipPlan read(Section from) {
    Section clip = from.section("clip");
    Section prior = from.section("prior");
    Section decoder = from.section("decoder");
    Section enlarger = from.section("sr");
    UnclipSizes sizes =
        new UnclipSizes(pair(from), tower(prior, 96, 4), drawer(decoder), enlarger(enlarger));
    Map<String, Lesson> lessons = new LinkedHashMap<>();
    List<Section> sections = List.of(clip, prior, decoder, enlarger);
    List<Integer> batches = List.of(128, 128, 64, 16);
    for (int i = 0; i < sections.size(); i++) {
      Section each = sections.get(i);
      int batch = each.integer("batch", batches.get(i), 1, MOST);
      Lesson lesson = new Lesson(batch, StageRecipe.optimizer(each.section("optimizer")));
      lessons.put(sizes.models().get(i), lesson);
      each.requireNoOthers();
    }
    from.requireNoOthers();
    UnclipPlan plan = new UnclipPlan(sizes, lessons);
    from.make(() -> plan.recipes("checked", 8, 0));
    return plan;
  }

  private static Pair pair(Section from) {
    Section vision = from.optionalSection("vision");
    Section text = from.optionalSection("text");
    int side = from.integer("side", 32, 64);
    Pair pair =
        from.make(
            () ->
                new Pair(
                    side,
                    from.integer("patch", side / 8, 1, side),
                    tower(vision, 96, 4),
                    tower(text, 128, 3),
                    from.integer("max_text_len", 24, 2, 2048),
                    from.integer("latent_dim", 96, 2, MOST)));
    vision.requireNoOthers();
    text.requireNoOthers();
    return pair;
  }

  private static TowerConfig tower(Section from, int width, int layers) {
    return from.make(
        () ->
            new TowerConfig(
                from.integer("width", width, 1, MOST),
                from.integer("layers", layers, 1, 64),
                from.integer("heads", 4, 1, 64)));
  }

  private static Drawer drawer(Section from) {
    return new Drawer(
        from.integer("dim", 32, 1, MOST),
        from.integers("ratios", List.of(1, 2, 2), 1, 64),
        from.integer("cond_dim", 96, 1, MOST));
  }

  private static Enlarger enlarger(Section from) {
    return new Enlarger(
        from.integer("dim", 16, 1, MOST),
        from.integers("dim_mults", List.of(1, 2, 3), 1, 64),
        from.integer("cond_dim", 64, 1, MOST));
  }
}
