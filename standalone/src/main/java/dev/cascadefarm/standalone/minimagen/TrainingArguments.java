package dev.cascadefarm.standalone.minimagen;

import static dev.cascadefarm.diffusion.check.Check.require;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of MinImagen's training script, by its names.
 *
 * @param parameters folder of the models' parameters; absent for MinImagen's own
 * @param workers processes that read data there; not used here
 * @param maxNumWords most tokens of a caption
 * @param side of the last U-Net's pictures, in pixels
 * @param trainShare of the data that is learned from; the rest is for validation
 * @param accumulate batches that make one step
 * @param checkpointEvery batches between two checkpoints with validation
 * @param validImages most pictures to judge by; absent for all of them
 * @param restart training directory to go on with; absent for a new one
 * @param testing whether everything is small
 * @param timestamp of the training directory
 */
public record TrainingArguments(
    @Nullable String parameters,
    int workers,
    int batch,
    int maxNumWords,
    int side,
    int epochs,
    String t5,
    double trainShare,
    int timesteps,
    double rate,
    int accumulate,
    int checkpointEvery,
    @Nullable Integer validImages,
    @Nullable String restart,
    boolean testing,
    String timestamp) {
  public TrainingArguments {
    require(batch >= 1, "BATCH_SIZE", batch, ">= 1");
    require(maxNumWords >= 1 && maxNumWords <= 256, "MAX_NUM_WORDS", maxNumWords, "1 to 256");
    require(side >= 2 && side % 2 == 0 && side <= 4096, "IMG_SIDE_LEN", side, "even, 2 to 4096");
    require(epochs >= 1 && epochs <= 1_000_000, "EPOCHS", epochs, "1 to 1000000");
    require(trainShare > 0 && trainShare < 1, "TRAIN_VALID_FRAC", trainShare, "between 0 and 1");
    require(timesteps >= 21, "TIMESTEPS", timesteps, ">= 21; with 20 nothing of a picture is left");
    require(rate > 0 && Double.isFinite(rate), "OPTIM_LR", rate, "> 0");
    require(accumulate >= 1, "ACCUM_ITER", accumulate, ">= 1");
    require(checkpointEvery >= 1, "CHCKPT_NUM", checkpointEvery, ">= 1");
    require(validImages == null || validImages >= 1, "VALID_NUM", validImages + "", ">= 1");
  }

  /** What {@code --TESTING} makes of them. */
  public TrainingArguments whenTesting() {
    return new TrainingArguments(
        parameters,
        workers,
        2,
        32,
        128,
        2,
        "t5_small",
        0.5,
        25,
        1e-4,
        accumulate,
        checkpointEvery,
        validImages,
        restart,
        true,
        timestamp);
  }

  /** As MinImagen writes them down, in its order. */
  Map<String, String> lines() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("PARAMETERS", python(parameters));
    lines.put("NUM_WORKERS", python(workers));
    lines.put("BATCH_SIZE", python(batch));
    lines.put("MAX_NUM_WORDS", python(maxNumWords));
    lines.put("IMG_SIDE_LEN", python(side));
    lines.put("EPOCHS", python(epochs));
    lines.put("T5_NAME", t5);
    lines.put("TRAIN_VALID_FRAC", decimal(trainShare));
    lines.put("TIMESTEPS", python(timesteps));
    lines.put("OPTIM_LR", decimal(rate));
    lines.put("ACCUM_ITER", python(accumulate));
    lines.put("CHCKPT_NUM", python(checkpointEvery));
    lines.put("VALID_NUM", python(validImages));
    lines.put("RESTART_DIRECTORY", python(restart));
    lines.put("TESTING", testing ? "True" : "False");
    lines.put("timestamp", timestamp);
    return lines;
  }

  private static String python(@Nullable Object value) {
    return value == null ? "None" : value.toString();
  }

  private static String decimal(double value) {
    String plain = BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }
}
