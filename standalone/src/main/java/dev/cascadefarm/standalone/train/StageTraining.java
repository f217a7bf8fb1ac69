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
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Trains stages of a scene cascade one after the other and installs each as a bundle. Checkpoints
 * and the log of metrics are kept in a work folder, one sub-folder per stage. On the engine thread.
 */
public final class StageTraining {
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofMinutes(2);
  private static final String LOG = "metrics.jsonl";

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

  /** Names of the cascade's stages in the order of training. */
  public List<String> stages() {
    return recipes.stream().map(SceneRecipe::stage).toList();
  }

  /**
   * Trains one stage to its end, or until told to stop, and installs it if it is finished.
   *
   * @param resume whether to go on from the last checkpoint
   * @return whether the stage is finished
   * @throws TrainingException if the stage has no recipe, or the loss is no longer a number
   */
  public boolean train(
      String stage, boolean resume, BooleanSupplier stop, Consumer<Trainer.Report> reports)
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
      Trainer trainer = new Trainer(task, recipe.optimizer(), folder, SceneRecipe.SEED);
      Consumer<Trainer.Report> logged = report -> log(folder.resolve(LOG), report);
      Trainer.Outcome outcome =
          trainer.run(resume, CHECKPOINT_INTERVAL, stop, logged.andThen(reports));
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

  private static void log(Path file, Trainer.Report report) {
    try {
      Files.writeString(
          file,
          WireJson.write(report) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
