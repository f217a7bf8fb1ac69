package dev.cascadefarm.standalone.minimagen;

import dev.cascadefarm.diffusion.data.CachedPictures;
import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataReport;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.FirstPictures;
import dev.cascadefarm.diffusion.data.FolderPictures;
import dev.cascadefarm.diffusion.data.Rules;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.train.CaptionEncoder;
import dev.cascadefarm.diffusion.train.DiffusionTask;
import dev.cascadefarm.diffusion.train.DiffusionTraining;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.OptimizerConfig;
import dev.cascadefarm.diffusion.train.OptimizerConfig.Kind;
import dev.cascadefarm.diffusion.train.StageData;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.train.T5Captions;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.train.TrainingPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * MinImagen's training script: every U-Net in turn, epoch after epoch, into a training directory.
 * Beside MinImagen's files it keeps each U-Net's whole state, so that it can be gone on with. On
 * the engine thread.
 */
public final class MinImagenTraining {
  /** Where the states are in the training directory. */
  private static final String STATES = "checkpoints";

  private static final long SEED = 1;
  private static final long CACHE_BYTES = 1L << 28;
  private static final double CLIP_NORM = 50;

  /** To learn from and to judge by, together. */
  private static final long TESTING_PICTURES = 32;

  private final TrainingDirectory directory;
  private final TrainingArguments arguments;
  private final Sources sources;
  private final DataSplit split;
  private final DataReport report;

  private MinImagenTraining(
      TrainingDirectory directory,
      TrainingArguments arguments,
      Sources sources,
      FolderPictures pictures) {
    this.directory = directory;
    this.arguments = arguments;
    this.sources = sources;
    this.report = pictures.report();
    CaptionedPictures used =
        arguments.testing() ? new FirstPictures(pictures, TESTING_PICTURES) : pictures;
    this.split =
        DataSplit.of(new CachedPictures(used, CACHE_BYTES), 1 - arguments.trainShare(), SEED);
  }

  /**
   * What stands in place of MinImagen's downloads.
   *
   * @param data folder with {@code captions.jsonl}
   * @param t5 folder of the T5's files
   */
  public record Sources(Path data, Path t5) {}

  /**
   * Checks models, T5 and data, then makes the training directory, or opens the one to go on with.
   *
   * @param folder of a new training directory
   * @throws dev.cascadefarm.diffusion.data.DataException naming what cannot be used
   * @throws dev.cascadefarm.diffusion.t5.T5FilesException if the T5 is missing or another one
   * @throws dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException naming what is missing
   *     or not possible
   */
  public static MinImagenTraining open(TrainingArguments arguments, Sources sources, Path folder) {
    MinImagen model = MinImagenModels.of(arguments);
    t5(model, sources).config();
    List<Integer> sides = model.imagen().imageSizes();
    Rules rules = new Rules(sides.get(sides.size() - 1), true);
    FolderPictures pictures = FolderPictures.open(sources.data(), rules);
    TrainingDirectory directory =
        arguments.restart() == null
            ? TrainingDirectory.create(folder, arguments.timestamp(), model, arguments.lines())
            : TrainingDirectory.open(Path.of(arguments.restart()));
    return new MinImagenTraining(directory, arguments, sources, pictures);
  }

  private static T5Folder t5(MinImagen model, Sources sources) {
    ImagenArguments imagen = model.imagen();
    return T5Folder.open(sources.t5(), imagen.encoder(), imagen.textWidth());
  }

  /** What is written. */
  public TrainingDirectory directory() {
    return directory;
  }

  /** What was found in the data. */
  public DataReport report() {
    return report;
  }

  /**
   * Trains until the last epoch, or until told to stop; either way all states are saved.
   *
   * @param listeners one for each U-Net, counted from 0
   * @return whether it is finished
   * @throws TrainingException if a loss is no longer a number
   */
  public boolean run(BooleanSupplier stop, IntFunction<TrainingListener> listeners) {
    T5Folder folder = t5(directory.model(), sources);
    try (CaptionEncoder encoder =
        new T5Captions(
            T5TextEncoder.load(folder, arguments.maxNumWords(), "cpu"),
            directory.model().config(0).maxTextLen())) {
      directory.appendProgress("data: " + report.summary());
      String cut = encoder.cutCaptions(split.training());
      if (!cut.isEmpty()) {
        directory.appendProgress(cut);
      }
      for (int epoch = 1; epoch <= arguments.epochs(); epoch++) {
        for (int unet = 0; unet < directory.model().unets().size(); unet++) {
          if (trains(unet) && !epoch(unet, epoch, encoder, stop, listeners.apply(unet))) {
            directory.appendProgress("stopped in epoch " + epoch);
            return false;
          }
        }
      }
    }
    return true;
  }

  private boolean trains(int unet) {
    Integer only = directory.model().imagen().onlyTrainUnetNumber();
    return only == null || only == unet + 1;
  }

  private long stepsPerEpoch() {
    return Math.max(
        1, split.training().count() / ((long) arguments.batch() * arguments.accumulate()));
  }

  /** Trains a U-Net to the end of an epoch. */
  private boolean epoch(
      int unet,
      int epoch,
      CaptionEncoder encoder,
      BooleanSupplier stop,
      TrainingListener listener) {
    long end = epoch * stepsPerEpoch();
    Recorder recorder = new Recorder(unet, listener);
    Outcome outcome =
        trainer(unet, encoder)
            .run(true, () -> stop.getAsBoolean() || recorder.step >= end, recorder);
    return outcome.steps() >= end;
  }

  private Trainer trainer(int unet, CaptionEncoder encoder) {
    MinImagen model = directory.model();
    UnetConfig config = model.config(unet);
    int side = model.imagen().imageSizes().get(unet);
    int lowres = unet == 0 ? 0 : model.imagen().imageSizes().get(unet - 1);
    StageData data =
        new StageData(
            split, new Frame(side, lowres, side), arguments.batch(), validationBatches(), SEED);
    int every = Math.max(1, arguments.checkpointEvery() / arguments.accumulate());
    return new Trainer(
        new RestartedTask(
            DiffusionTask.of(config, data, encoder, training(unet)), () -> start(unet)),
        optimizer(),
        new TrainingPlan(arguments.accumulate(), 0, every, Duration.ofMinutes(2)),
        directory.folder().resolve(STATES).resolve("unet_" + unet),
        SEED + unet);
  }

  /** The directory's weights where it is gone on with; none in a new one. */
  private Map<String, HostTensor> start(int unet) {
    return arguments.restart() == null ? Map.of() : directory.weights(unet);
  }

  private int validationBatches() {
    return arguments.validImages() == null
        ? Integer.MAX_VALUE
        : Math.max(1, arguments.validImages() / arguments.batch());
  }

  private DiffusionTraining training(int unet) {
    ImagenArguments imagen = directory.model().imagen();
    return new DiffusionTraining(
        "linear",
        imagen.timesteps(unet),
        Objective.NOISE,
        LossKind.valueOf(imagen.lossType().toUpperCase(Locale.ROOT)),
        0,
        imagen.condDropProb(),
        Augmentation.BATCH,
        1);
  }

  /** Adam as PyTorch makes it when it is told nothing but the rate. */
  private OptimizerConfig optimizer() {
    long steps = Math.min(Integer.MAX_VALUE, arguments.epochs() * stepsPerEpoch());
    return new OptimizerConfig(
        arguments.rate(), 0, (int) steps, 1, 0.9, 0.999, 0, CLIP_NORM, 0, Kind.ADAM);
  }

  /** Keeps MinImagen's files up to date. */
  private final class Recorder implements TrainingListener {
    private final int unet;
    private final TrainingListener listener;
    private long step;

    private Recorder(int unet, TrainingListener listener) {
      this.unet = unet;
      this.listener = listener;
    }

    @Override
    public void stepped(Report taken, Supplier<Map<String, HostTensor>> weights) {
      step = taken.step();
      listener.stepped(taken, weights);
    }

    @Override
    public void validated(
        Validation validation, boolean best, Supplier<Map<String, HostTensor>> weights) {
      if (best) {
        directory.writeBest(unet, weights.get());
      }
      directory.appendProgress(
          String.format(
              Locale.ROOT,
              "unet %d, step %d: validation loss %.6f%s",
              unet,
              validation.step(),
              validation.loss(),
              best ? ", the best so far" : ""));
      listener.validated(validation, best, weights);
    }

    @Override
    public void saved(long at, Supplier<Map<String, HostTensor>> weights) {
      directory.writeLast(unet, weights.get());
      listener.saved(at, weights);
    }
  }
}
