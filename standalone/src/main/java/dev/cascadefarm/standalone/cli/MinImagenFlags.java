package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.minimagen.TrainingArguments;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of MinImagen's training script, with their names and defaults. */
final class MinImagenFlags {
  @Option(
      names = {"-p", "--PARAMETERS"},
      description = "folder of parameters, in place of Base and Super")
  private @Nullable String parameters;

  @Option(
      names = {"-n", "--NUM_WORKERS"},
      description = "not used here")
  private int workers;

  @Option(
      names = {"-b", "--BATCH_SIZE"},
      description = "default: ${DEFAULT-VALUE}")
  private int batch = 2;

  @Option(
      names = {"-mw", "--MAX_NUM_WORDS"},
      description = "most tokens of a caption (default: ${DEFAULT-VALUE})")
  private int words = 64;

  @Option(
      names = {"-s", "--IMG_SIDE_LEN"},
      description = "of the last pictures (default: ${DEFAULT-VALUE})")
  private int side = 128;

  @Option(
      names = {"-e", "--EPOCHS"},
      description = "default: ${DEFAULT-VALUE}")
  private int epochs = 5;

  @Option(
      names = {"-t5", "--T5_NAME"},
      description = "default: ${DEFAULT-VALUE}")
  private String t5 = "t5_base";

  @Option(
      names = {"-f", "--TRAIN_VALID_FRAC"},
      description = "share that is learned from (default: ${DEFAULT-VALUE})")
  private double trainShare = 0.9;

  @Option(
      names = {"-t", "--TIMESTEPS"},
      description = "default: ${DEFAULT-VALUE}")
  private int timesteps = 1000;

  @Option(
      names = {"-lr", "--OPTIM_LR"},
      description = "default: ${DEFAULT-VALUE}")
  private double rate = 1e-4;

  @Option(
      names = {"-ai", "--ACCUM_ITER"},
      description = "batches of a step (default: ${DEFAULT-VALUE})")
  private int accumulate = 1;

  @Option(
      names = {"-cn", "--CHCKPT_NUM"},
      description = "batches between two validations (default: ${DEFAULT-VALUE})")
  private int checkpointEvery = 500;

  @Option(
      names = {"-vn", "--VALID_NUM"},
      description = "most pictures to judge by (default: all)")
  private @Nullable Integer validImages;

  @Option(
      names = {"-rd", "--RESTART_DIRECTORY"},
      description = "training directory to go on with")
  private @Nullable String restart;

  @Option(
      names = {"-test", "--TESTING"},
      description = "small networks, two epochs")
  private boolean testing;

  @Option(
      names = {"-ts", "--TIMESTAMP"},
      description = "of the training directory (default: now)")
  private @Nullable String timestamp;

  /** The arguments. */
  TrainingArguments arguments(String now) {
    try {
      TrainingArguments arguments = all(Objects.requireNonNullElse(timestamp, now));
      return testing ? arguments.whenTesting() : arguments;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage(), e);
    }
  }

  /** The defaults as {@code --TESTING} makes them. */
  TrainingArguments testing(String now) {
    return all(now).whenTesting();
  }

  private TrainingArguments all(String stamp) {
    return new TrainingArguments(
        parameters,
        workers,
        batch,
        words,
        side,
        epochs,
        t5,
        trainShare,
        timesteps,
        rate,
        accumulate,
        checkpointEvery,
        validImages,
        restart,
        testing,
        stamp);
  }
}
