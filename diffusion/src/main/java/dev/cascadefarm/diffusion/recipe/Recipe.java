package dev.cascadefarm.diffusion.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.data.DataSplit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a cascade is made: the data, and every stage in the order of training. The first stage
 * encodes captions, the second draws, each other enlarges what the one before it made. An unCLIP
 * has a plan in their place.
 *
 * @param cascade its name
 * @param seed of everything random
 * @param validationShare share of the data that is set aside to judge by
 * @param stages none of an unCLIP
 * @param unclip absent where there are stages
 */
public record Recipe(
    String cascade,
    String description,
    long seed,
    DataRecipe data,
    double validationShare,
    List<StageRecipe> stages,
    @Nullable UnclipPlan unclip) {
  private static final String NAME_FORM = "[a-z0-9][a-z0-9-]{0,47}";

  public Recipe {
    stages = List.copyOf(stages);
  }

  /** The stage that encodes captions. */
  public StageRecipe textStage() {
    return stages.get(0);
  }

  /** How captions are encoded. */
  public TextRecipe text() {
    return Objects.requireNonNull(textStage().text(), "text");
  }

  /** The stages that draw. */
  public List<StageRecipe> drawing() {
    return stages.subList(1, stages.size());
  }

  /** Pixels that the shorter side of a picture must have. */
  public int leastSide() {
    if (unclip != null) {
      return unclip.side();
    }
    return drawing().stream()
        .mapToInt(each -> Objects.requireNonNull(each.unet()).frame().side())
        .max()
        .orElse(1);
  }

  /** Sets examples aside to judge by. */
  public DataSplit split(DataRecipe.Opened data) {
    return DataSplit.of(data.pictures(), validationShare, seed);
  }

  /**
   * Reads a recipe.
   *
   * @param source what messages start with, for example the file
   * @param base what paths in it are relative to
   * @throws RecipeException naming the key that is unknown, missing or out of range
   */
  public static Recipe read(String source, JsonNode tree, Path base) {
    Section root = Section.root(source, tree);
    String cascade = root.text("cascade");
    if (!cascade.matches(NAME_FORM)) {
      throw root.refused("cascade", cascade, "1 to 48 of a-z, 0-9 and -");
    }
    String description = root.text("description", "Trained by farm train");
    long seed = root.number64("seed", 1);
    Section data = root.section("data");
    DataRecipe pictures = DataRecipe.read(data, base, seed);
    double validation = data.number("validation", 0, 0, 0.9);
    data.requireNoOthers();
    UnclipPlan unclip = root.has("unclip") ? UnclipPlan.read(root.section("unclip")) : null;
    List<StageRecipe> stages = unclip == null ? stages(root, base) : List.of();
    root.requireNoOthers();
    Recipe recipe = new Recipe(cascade, description, seed, pictures, validation, stages, unclip);
    if (validation == 0 && stages.stream().anyMatch(each -> each.plan().validateEvery() > 0)) {
      throw root.refused("data.validation", 0, "above 0, where a stage has validate_every");
    }
    return recipe;
  }

  private static List<StageRecipe> stages(Section root, Path base) {
    List<StageRecipe> stages = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int lowresSide = 0;
    for (Section each : root.sections("stages")) {
      StageRecipe stage = StageRecipe.read(each, base, lowresSide);
      boolean first = stages.isEmpty();
      if (first != (stage.text() != null)) {
        throw each.refused(
            first ? "text" : "unet", first ? "missing" : "text", "text in the first stage only");
      }
      if (!names.add(stage.name())) {
        throw each.refused("name", stage.name(), "another name for every stage");
      }
      lowresSide = stage.unet() == null ? 0 : stage.unet().frame().side();
      stages.add(stage);
    }
    if (stages.size() < 2) {
      throw root.refused("stages", stages.size(), "a text stage and at least one that draws");
    }
    return stages;
  }
}
