package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.ClipEncoder;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.train.TrainingPlan;
import dev.cascadefarm.diffusion.train.TrainingTask;
import dev.cascadefarm.diffusion.train.UnclipRecipe;
import dev.cascadefarm.diffusion.train.UnclipRecipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains the models of an unCLIP cascade one after the other, the CLIP first, and installs each.
 * Checkpoints and records are kept in a work folder, one sub-folder per model. On the engine
 * thread.
 */
public final class UnclipTraining implements CascadeTraining {
  private final List<UnclipRecipe> recipes;
  private final UnclipLesson lesson;
  private final Path work;
  private final UnclipBundles bundles;

  /**
   * Prepares the training on procedural scenes.
   *
   * @param cascade {@code scenes-unclip} or {@code tiny-unclip}
   * @param work where checkpoints and metrics go
   * @param catalogue where finished bundles go
   */
  public UnclipTraining(String cascade, Path work, Path catalogue) {
    this(UnclipRecipes.of(cascade), UnclipLesson.scenes(cascade), work, catalogue);
  }

  UnclipTraining(List<UnclipRecipe> recipes, UnclipLesson lesson, Path work, Path catalogue) {
    this.recipes = List.copyOf(recipes);
    this.lesson = lesson;
    this.work = work.resolve(lesson.cascade());
    String enlarger = recipes.get(recipes.size() - 1).model();
    this.bundles = new UnclipBundles(catalogue, lesson, enlarger);
  }

  @Override
  public List<String> stages() {
    return recipes.stream().map(UnclipRecipe::model).toList();
  }

  @Override
  public boolean train(
      String model, boolean resume, BooleanSupplier stop, TrainingListener listener)
      throws IOException {
    UnclipRecipe recipe = recipes.get(index(model));
    RunRecord.Name name = new RunRecord.Name(lesson.cascade(), model);
    StageRun run = new StageRun(name, work.resolve(model), resume, stop, listener);
    Outcome outcome = recipe.makesClip() ? clip(recipe, run) : network(recipe, run);
    if (outcome.finished()) {
      bundles.install(recipe, outcome.weights(), provenance(recipe, run.provenance(outcome)));
    }
    return outcome.finished();
  }

  private Outcome clip(UnclipRecipe recipe, StageRun run) throws IOException {
    DataSplit data = lesson.data().apply(recipe);
    Words vocabulary = new Words(lesson.words());
    Path folder = work.resolve(recipe.model());
    try (WordTokenizer words = vocabulary.tokenizer(folder, recipe.clip().maxTextLen());
        TrainingTask task = recipe.clipTask(data, words)) {
      return run.run(task, lesson(recipe, data));
    }
  }

  private Outcome network(UnclipRecipe recipe, StageRun run) throws IOException {
    DataSplit data = lesson.data().apply(recipe);
    try (ClipEncoder encoder = bundles.clip(recipe.clip());
        TrainingTask task = recipe.task(data, encoder)) {
      Optional.of(encoder.cutCaptions(data.training()))
          .filter(each -> !each.isEmpty())
          .ifPresent(lesson.remarks());
      return run.run(task, lesson(recipe, data));
    }
  }

  /** All that shapes a model's numbers; of what is taught with the CLIP, also which CLIP. */
  private StageRun.Lesson lesson(UnclipRecipe recipe, DataSplit data) throws IOException {
    ObjectNode all = WireJson.MAPPER.valueToTree(recipe);
    all.set("data", lesson.provenance().path("data"));
    all.put("source", lesson.provenance().path("recipe").path("data").toString());
    if (!recipe.makesClip()) {
      all.set("clip_weights", WireJson.MAPPER.valueToTree(bundles.clipHashes()));
    }
    TrainingPlan plan = data.validation() == null ? TrainingPlan.PLAIN : StageRun.JUDGED;
    return new StageRun.Lesson(recipe.optimizer(), plan, recipe.seed(), all);
  }

  private ObjectNode provenance(UnclipRecipe recipe, ObjectNode run) {
    run.setAll(lesson.provenance());
    run.put("command", "farm train %s %s".formatted(recipe.model(), lesson.options()));
    return run.put("seed", recipe.seed()).put("batch", recipe.batch());
  }
}
