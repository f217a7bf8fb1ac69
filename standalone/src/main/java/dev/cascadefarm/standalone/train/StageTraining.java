package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.Fingerprint;
import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.SceneRecipes;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
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
  private static final int RECORD_STEPS = 100;

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
    SceneRecipe recipe =
        recipes.stream()
            .filter(each -> each.stage().equals(stage))
            .findFirst()
            .orElseThrow(
                () -> new TrainingException("stage: " + stage + " (expected: " + stages() + ")"));
    Path folder = Files.createDirectories(work.resolve(stage));
    Path vocabulary = work.resolve(TorchStageLoader.TOKENIZER);
    AtomicFiles.write(vocabulary, WordTokenizer.file(CaptionGrammar.vocabulary()));
    try (WordTokenizer tokenizer = WordTokenizer.load(vocabulary, recipe.text().maxTextLen());
        var task = recipe.task(tokenizer, textWeights(recipe))) {
      RunRecord record =
          new RunRecord(
              folder,
              new RunRecord.Name(recipe.cascade(), recipe.stage()),
              RECORD_STEPS,
              recipe.optimizer().steps(),
              null);
      Trainer.Outcome outcome =
          new Trainer(task, recipe.optimizer(), folder, SceneRecipe.SEED)
              .requiring(fingerprint(recipe))
              .run(resume, stop, new BothListeners(record, listener));
      if (outcome.finished()) {
        bundles.install(recipe, outcome.weights(), provenance(recipe, outcome));
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

  private static Fingerprint fingerprint(SceneRecipe recipe) {
    ObjectNode all = WireJson.MAPPER.valueToTree(recipe);
    all.withObject("optimizer").remove("steps");
    return Fingerprint.of(all.put("seed", SceneRecipe.SEED));
  }

  private static ObjectNode provenance(SceneRecipe recipe, Trainer.Outcome outcome) {
    return WireJson.object()
        .put("command", "farm train " + recipe.stage() + " --cascade " + recipe.cascade())
        .put("data", "procedural scenes, split train, 60 % with two objects")
        .put("seed", SceneRecipe.SEED)
        .put("steps", outcome.steps())
        .put("batch", recipe.batch())
        .put("seconds", Math.round(outcome.seconds()));
  }
}
