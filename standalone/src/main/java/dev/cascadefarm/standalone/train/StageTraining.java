package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.SceneRecipes;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.train.TrainingPlan;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Trains stages of a scene cascade one after the other and installs each as a bundle. Checkpoints
 * and records are kept in a work folder, one sub-folder per stage. On the engine thread.
 */
public final class StageTraining implements CascadeTraining {
  private final List<SceneRecipe> recipes;
  private final Path work;
  private final SceneBundles bundles;
  private final Path catalogue;

  /**
   * Prepares the training of a cascade's stages.
   *
   * @param cascade {@code scenes} or {@code tiny}
   * @param work where checkpoints and metrics go
   * @param catalogue where finished bundles go
   */
  public StageTraining(String cascade, Path work, Path catalogue) {
    this.recipes = SceneRecipes.of(cascade);
    this.work = work.resolve(cascade);
    this.catalogue = catalogue;
    this.bundles = new SceneBundles(catalogue);
  }

  @Override
  public List<String> stages() {
    return recipes.stream().map(SceneRecipe::stage).toList();
  }

  @Override
  public boolean train(
      String stage, boolean resume, BooleanSupplier stop, TrainingListener listener)
      throws IOException {
    SceneRecipe recipe = recipes.get(index(stage));
    RunRecord.Name name = new RunRecord.Name(recipe.cascade(), stage);
    StageRun run = new StageRun(name, work.resolve(stage), resume, stop, listener);
    Words words = new Words(CaptionGrammar.vocabulary());
    try (WordTokenizer tokenizer =
            words.tokenizer(work.resolve(stage), recipe.text().maxTextLen());
        var task = recipe.task(tokenizer, textWeights(recipe))) {
      Trainer.Outcome outcome = run.run(task, lesson(recipe));
      if (outcome.finished()) {
        bundles.install(recipe, outcome.weights(), provenance(recipe, run.provenance(outcome)));
        CascadeFile.write(catalogue, recipe.cascade());
      }
      return outcome.finished();
    }
  }

  private Map<String, HostTensor> textWeights(SceneRecipe recipe) {
    if (recipe.encodesText()) {
      return Map.of();
    }
    Path weights = bundles.folder(recipes.get(0)).resolve(TorchStageLoader.WEIGHTS);
    if (!Files.isRegularFile(weights)) {
      throw new TrainingException(
          weights + ": missing (expected: train " + recipes.get(0).stage() + " first)");
    }
    return SafeTensors.read(weights);
  }

  private static StageRun.Lesson lesson(SceneRecipe recipe) {
    ObjectNode all = WireJson.MAPPER.valueToTree(recipe);
    if (all.get("diffusion") instanceof ObjectNode data) {
      // How a trained stage draws by default shapes nothing that it learns.
      data.remove("drawing");
    }
    return new StageRun.Lesson(recipe.optimizer(), TrainingPlan.PLAIN, SceneRecipe.SEED, all);
  }

  private static ObjectNode provenance(SceneRecipe recipe, ObjectNode run) {
    return run.put("data", "procedural scenes, split train, 60 % with two objects")
        .put("seed", SceneRecipe.SEED)
        .put("batch", recipe.batch());
  }
}
