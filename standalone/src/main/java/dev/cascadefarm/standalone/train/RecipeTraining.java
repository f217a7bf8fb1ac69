package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.data.CachedPictures;
import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataReport;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.recipe.DataRecipe;
import dev.cascadefarm.diffusion.recipe.Recipe;
import dev.cascadefarm.diffusion.recipe.StageRecipe;
import dev.cascadefarm.diffusion.recipe.TextRecipe;
import dev.cascadefarm.diffusion.recipe.UnetRecipe;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.CaptionEncoder;
import dev.cascadefarm.diffusion.train.DiffusionTask;
import dev.cascadefarm.diffusion.train.Fingerprint;
import dev.cascadefarm.diffusion.train.PictureTextTask;
import dev.cascadefarm.diffusion.train.ProgressPictures;
import dev.cascadefarm.diffusion.train.StageData;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.train.TrainingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trains the stages of a recipe one after the other and installs each as a bundle, the cascade with
 * the last of them. Checkpoints and records are kept in a work folder, one sub-folder per stage. On
 * the engine thread.
 */
public final class RecipeTraining implements CascadeTraining {
  /** Of pictures that are kept ready. */
  private static final long CACHE_BYTES = 1L << 28;

  private final RecipeFile file;
  private final Recipe recipe;
  private final Path work;
  private final RecipeBundles bundles;
  private final DataReport report;
  private final DataSplit split;
  private final CaptionedPictures pictures;
  private final Consumer<String> remarks;

  private RecipeTraining(
      RecipeFile file,
      Path work,
      RecipeBundles bundles,
      DataRecipe.Opened data,
      Consumer<String> remarks) {
    this.file = file;
    this.recipe = file.recipe();
    this.work = work.resolve(recipe.cascade());
    this.bundles = bundles;
    this.report = data.report();
    this.split = split(recipe, data);
    this.pictures = data.pictures();
    this.remarks = remarks;
  }

  /**
   * Reads and checks the recipe's data.
   *
   * @param work where checkpoints and records go
   * @param catalogue where finished bundles go
   * @param remarks hears what a person should know of the data
   * @throws dev.cascadefarm.diffusion.data.DataException naming what cannot be used
   */
  public static RecipeTraining open(
      RecipeFile file, Path work, Path catalogue, Consumer<String> remarks) {
    DataRecipe.Opened data = data(file.recipe(), remarks);
    RecipeBundles bundles = new RecipeBundles(file.recipe(), catalogue);
    return new RecipeTraining(file, work, bundles, data, remarks);
  }

  /** The recipe's data; says what was found. */
  static DataRecipe.Opened data(Recipe recipe, Consumer<String> remarks) {
    DataRecipe.Opened data = recipe.data().open(recipe.leastSide());
    remarks.accept("data: " + data.report().summary());
    data.report().examples().forEach(each -> remarks.accept("skipped: " + each));
    return data;
  }

  /** The recipe's examples, pictures kept ready, and those to judge by. */
  static DataSplit split(Recipe recipe, DataRecipe.Opened data) {
    CaptionedPictures cached = new CachedPictures(data.pictures(), CACHE_BYTES);
    return recipe.split(new DataRecipe.Opened(cached, data.report()));
  }

  @Override
  public List<String> stages() {
    return recipe.stages().stream().map(StageRecipe::name).toList();
  }

  @Override
  public boolean train(String name, boolean resume, BooleanSupplier stop, TrainingListener listener)
      throws IOException {
    StageRecipe stage =
        recipe.stages().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new TrainingException("stage: " + name + " (expected: " + stages() + ")"));
    if (!stage.taught()) {
      bundles.takeText(provenance(stage, null));
      return true;
    }
    Path folder = Files.createDirectories(work.resolve(name));
    Session session = new Session(stage, folder, resume, stop, listener);
    return stage.unet() == null ? trainText(session) : trainUnet(session, stage.unet());
  }

  /** One stage's training, from start or resumption to end or stop. */
  private record Session(
      StageRecipe stage,
      Path folder,
      boolean resume,
      BooleanSupplier stop,
      TrainingListener listener) {}

  private boolean trainText(Session session) throws IOException {
    TextRecipe.Taught text = (TextRecipe.Taught) recipe.text();
    Words words = Words.of(pictures);
    TextEncoderConfig config = words.config(text);
    StageData data = data(session.stage(), new StageData.Frame(PictureRegression.SIDE, 0, 1));
    try (WordTokenizer tokenizer = words.tokenizer(session.folder(), config.maxTextLen());
        TrainingTask task =
            new PictureTextTask(new TextEncoder(config), data, tokenizer, text.detailGain())) {
      ObjectNode model = WireJson.object().put("detail_gain", text.detailGain());
      model.set("encoder", WireJson.MAPPER.valueToTree(config));
      Outcome outcome = run(session, task, model, null);
      if (outcome.finished()) {
        bundles.installWords(
            config,
            installed(session, outcome),
            words.words(),
            provenance(session.stage(), outcome));
      }
      return outcome.finished();
    }
  }

  private boolean trainUnet(Session session, UnetRecipe stage) throws IOException {
    TextBundle text = bundles.text();
    UnetConfig unet = stage.unet(text.width(), text.length());
    try (CaptionEncoder encoder = text.load()) {
      Optional.of(encoder.cutCaptions(pictures)).filter(each -> !each.isEmpty()).ifPresent(remarks);
      StageData data = data(session.stage(), stage.frame());
      ProgressPictures looks =
          new ProgressPictures(
              unet, stage.training(), data, encoder, RecipeBundles.settings(stage));
      ObjectNode model = WireJson.object();
      model.set("unet", WireJson.MAPPER.valueToTree(unet));
      model.set("training", WireJson.MAPPER.valueToTree(stage.training()));
      model.set("frame", WireJson.MAPPER.valueToTree(stage.frame()));
      Outcome outcome =
          run(session, DiffusionTask.of(unet, data, encoder, stage.training()), model, looks);
      if (outcome.finished()) {
        bundles.installUnet(
            session.stage(),
            unet,
            installed(session, outcome),
            provenance(session.stage(), outcome));
      }
      return outcome.finished();
    }
  }

  private StageData data(StageRecipe stage, StageData.Frame frame) {
    return new StageData(split, frame, stage.batch(), stage.validationBatches(), recipe.seed());
  }

  private Outcome run(
      Session session, TrainingTask task, ObjectNode model, @Nullable ProgressPictures looks)
      throws IOException {
    StageRecipe stage = session.stage();
    RunRecord record =
        new RunRecord(
            session.folder(),
            new RunRecord.Name(recipe.cascade(), stage.name()),
            stage.sampleEvery(),
            stage.optimizer().steps(),
            looks);
    return new Trainer(task, stage.optimizer(), stage.plan(), session.folder(), recipe.seed())
        .requiring(fingerprint(stage, model))
        .run(session.resume(), session.stop(), new BothListeners(record, session.listener()));
  }

  private Fingerprint fingerprint(StageRecipe stage, ObjectNode model) {
    ObjectNode all = WireJson.object();
    all.set("model", model);
    all.set("optimizer", WireJson.MAPPER.valueToTree(stage.optimizer()));
    all.withObject("optimizer").remove("steps");
    all.put("batch", stage.batch()).put("accumulate", stage.plan().accumulate());
    all.put("data", Fingerprint.of(file.tree().path("data")).toString());
    return Fingerprint.of(all.put("examples", pictures.count()).put("seed", recipe.seed()));
  }

  private static Map<String, HostTensor> installed(Session session, Outcome outcome) {
    return session.stage().keepsBest() ? Trainer.best(session.folder()) : outcome.weights();
  }

  private ObjectNode provenance(StageRecipe stage, @Nullable Outcome outcome) {
    ObjectNode provenance =
        WireJson.object()
            .put("command", "farm train " + stage.name() + " --recipe")
            .put("data", report.summary());
    if (outcome != null) {
      provenance.put("steps", outcome.steps()).put("seconds", Math.round(outcome.seconds()));
      if (outcome.best() != null) {
        provenance.put("validation_loss", Objects.requireNonNull(outcome.best()).loss());
      }
    }
    return provenance.set("recipe", file.tree());
  }
}
