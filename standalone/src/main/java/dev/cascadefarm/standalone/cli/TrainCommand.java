package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.progress.TrainingProgress;
import dev.cascadefarm.standalone.train.StageTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code farm train}: teaches stages of a cascade that has recipes, and installs them. */
@Command(
    mixinStandardHelpOptions = true,
    name = "train",
    description = "Train stages on the procedural scenes and install them in the catalogue.")
final class TrainCommand implements Callable<Integer> {
  /** A step and a checkpoint have to fit in. */
  private static final long STOP_SECONDS = 120;

  @Parameters(
      paramLabel = "STAGE",
      arity = "1..*",
      description = "stages, in the order of training")
  private List<String> stages = new ArrayList<>();

  @Option(names = "--resume", description = "go on from the last checkpoint")
  private boolean resume;

  @Option(
      names = "--cascade",
      paramLabel = "NAME",
      description = "scenes or tiny (default: scenes)")
  private String cascade = "scenes";

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "folder of checkpoints and metrics (default: training)")
  private Path work = Path.of("training");

  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  TrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    FarmConfig config = common.load(console, new CommonOptions.Flags(), "warn");
    StageTraining training = training(config);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch saved = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(asked, saved), "farm-stop"));
    try {
      for (String stage : stages) {
        if (!train(training, stage, () -> asked.getCount() == 0)) {
          console.err().println("farm: stopped and saved; go on with --resume");
          return ExitCode.FAILED;
        }
      }
      return ExitCode.DONE;
    } finally {
      saved.countDown();
    }
  }

  private StageTraining training(FarmConfig config) {
    try {
      StageTraining training = new StageTraining(cascade, work, config.catalogue());
      for (String stage : stages) {
        if (!training.stages().contains(stage)) {
          throw new UsageException("STAGE: " + stage + " (expected: " + training.stages() + ")");
        }
      }
      return training;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage(), e);
    }
  }

  private boolean train(StageTraining training, String stage, BooleanSupplier stop)
      throws IOException {
    try (TrainingProgress progress = console.trainingProgress(stage)) {
      return training.train(stage, resume, stop, report -> show(progress, report));
    }
  }

  private static void show(TrainingProgress progress, Trainer.Report report) {
    progress.show(report.step(), report.steps(), report.loss());
  }

  private static void stop(CountDownLatch asked, CountDownLatch saved) {
    asked.countDown();
    try {
      if (!saved.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("farm: not saved within " + STOP_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
