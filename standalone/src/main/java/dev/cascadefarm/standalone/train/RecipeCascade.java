package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.recipe.DataRecipe;
import dev.cascadefarm.diffusion.recipe.Recipe;
import dev.cascadefarm.diffusion.recipe.UnclipPlan;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Any cascade that a recipe makes. */
public final class RecipeCascade {
  /** Nobody has said under which licence the data are. */
  private static final String LICENCE = "NOASSERTION";

  private RecipeCascade() {}

  /**
   * Reads and checks the recipe's data.
   *
   * @param work where checkpoints and records go
   * @param catalogue where finished bundles go
   * @param remarks hears what a person should know of the data
   * @throws dev.cascadefarm.diffusion.data.DataException naming what cannot be used
   */
  public static CascadeTraining open(
      RecipeFile file, Path work, Path catalogue, Consumer<String> remarks) {
    UnclipPlan unclip = file.recipe().unclip();
    return unclip == null
        ? RecipeTraining.open(file, work, catalogue, remarks)
        : unclip(file, unclip, new Folders(work, catalogue), remarks);
  }

  private record Folders(Path work, Path catalogue) {}

  private static CascadeTraining unclip(
      RecipeFile file, UnclipPlan plan, Folders folders, Consumer<String> remarks) {
    Recipe recipe = file.recipe();
    DataRecipe.Opened data = RecipeTraining.data(recipe, remarks);
    DataSplit split = RecipeTraining.split(recipe, data);
    List<String> words = Words.of(data.pictures()).words();
    ObjectNode provenance = WireJson.object().put("data", data.report().summary());
    provenance.set("recipe", file.tree());
    UnclipLesson lesson =
        new UnclipLesson(
            recipe.cascade(),
            recipe.description(),
            "--recipe",
            each -> split,
            words,
            LICENCE,
            provenance,
            remarks);
    return new UnclipTraining(
        plan.recipes(recipe.cascade(), WordTokenizer.vocabularySize(words), recipe.seed()),
        lesson,
        folders.work(),
        folders.catalogue());
  }
}
