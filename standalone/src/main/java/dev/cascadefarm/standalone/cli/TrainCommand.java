package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.data.DataException;
import dev.cascadefarm.diffusion.recipe.RecipeException;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.progress.TrainingProgress;
import dev.cascadefarm.standalone.train.CascadeTraining;
import dev.cascadefarm.standalone.train.RecipeFile;
import dev.cascadefarm.standalone.train.RecipeTraining;
import dev.cascadefarm.standalone.train.SceneCascades;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code farm train}: teaches stages of a cascade that has recipes, and installs them. */
@Command(
    mixinStandardHelpOptions = true,
    name = "train",
    description = {
      "Train stages and install them in the catalogue:",
      "by a recipe of your own, or those of the procedural scenes."
    })
final class TrainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "STAGE",
      arity = "0..*",
      description = "stages, in the order of training (default with --recipe: all)")
  private List<String> stages = new ArrayList<>();

  @Option(names = "--resume", description = "go on from the last checkpoint")
  private boolean resume;

  @Option(names = "--recipe", paramLabel = "FILE", description = "what to train, as YAML")
  private @Nullable Path recipe;

  @Option(
      names = "--cascade",
      paramLabel = "NAME",
      completionCandidates = SceneCascades.Names.class,
      description = "without a recipe: one of ${COMPLETION-CANDIDATES} (default: scenes)")
  private @Nullable String cascade;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "folder of checkpoints and records (default: training)")
  private Path work = Path.of("training");

  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    FarmConfig config = common.load(console, new CommonOptions.Flags(), "warn");
    CascadeTraining training = training(config);
    List<String> chosen = chosen(training);
    try (StopSignal stop = StopSignal.listen()) {
      for (String stage : chosen) {
        if (!train(training, stage, stop)) {
          console.err().println("farm: stopped and saved; go on with --resume");
          return ExitCode.FAILED;
        }
      }
      return ExitCode.DONE;
    }
  }

  private CascadeTraining training(FarmConfig config) {
    if (recipe == null) {
      return scenes(config);
    }
    if (cascade != null) {
      throw new UsageException("--cascade: " + cascade + " (expected: no --recipe beside it)");
    }
    try {
      return RecipeTraining.open(
          RecipeFile.read(recipe), work, config.catalogue(), console.err()::println);
    } catch (RecipeException | DataException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private CascadeTraining scenes(FarmConfig config) {
    if (stages.isEmpty()) {
      throw new UsageException("STAGE: none (expected: at least one, or --recipe)");
    }
    try {
      String name = cascade == null ? SceneCascades.DEFAULT : cascade;
      return SceneCascades.training(name, work, config.catalogue());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage(), e);
    }
  }

  private List<String> chosen(CascadeTraining training) {
    for (String stage : stages) {
      if (!training.stages().contains(stage)) {
        throw new UsageException("STAGE: " + stage + " (expected: " + training.stages() + ")");
      }
    }
    return stages.isEmpty() ? training.stages() : stages;
  }

  private boolean train(CascadeTraining training, String stage, BooleanSupplier stop)
      throws IOException {
    try (TrainingProgress progress = console.trainingProgress(stage)) {
      return training.train(stage, resume, stop, new ShownProgress(progress));
    }
  }
}
