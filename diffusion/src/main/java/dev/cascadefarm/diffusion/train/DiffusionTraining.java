package dev.cascadefarm.diffusion.train;

import static dev.cascadefarm.diffusion.check.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * What a diffusion model is taught, whatever its data.
 *
 * @param schedule {@code linear} or {@code cosine}
 * @param timesteps T
 * @param objective what the model predicts
 * @param loss how far off a prediction is
 * @param minSnrGamma highest signal-to-noise ratio that counts; 0 where every noise level counts
 *     the same
 * @param captionDrop share of captions left out, 0 to 1
 * @param augmentation how the noise levels of small pictures are drawn
 * @param maxAugmentation highest of those levels, 0 to 1
 */
public record DiffusionTraining(
    String schedule,
    int timesteps,
    Objective objective,
    LossKind loss,
    double minSnrGamma,
    double captionDrop,
    Augmentation augmentation,
    double maxAugmentation) {
  /** How the noise levels of small pictures are drawn. */
  public enum Augmentation {
    /** One level for a whole batch, as in MinImagen. */
    @JsonProperty("batch")
    BATCH,
    /** Each sample its own. */
    @JsonProperty("sample")
    SAMPLE
  }

  public DiffusionTraining {
    require(minSnrGamma >= 0 && Double.isFinite(minSnrGamma), "min_snr_gamma", minSnrGamma, ">= 0");
    require(captionDrop >= 0 && captionDrop <= 1, "caption_drop", captionDrop, "0 to 1");
    require(
        maxAugmentation >= 0 && maxAugmentation <= 1,
        "max_augmentation",
        maxAugmentation,
        "0 to 1");
  }

  /** MinImagen's: noise of a linear schedule, mean square, one augmentation level a batch. */
  public static DiffusionTraining minImagen(int timesteps) {
    return new DiffusionTraining(
        "linear", timesteps, Objective.NOISE, LossKind.L2, 0, 0.1, Augmentation.BATCH, 1);
  }

  /** The same with every caption shown. */
  DiffusionTraining withoutDrop() {
    return new DiffusionTraining(
        schedule, timesteps, objective, loss, minSnrGamma, 0, augmentation, maxAugmentation);
  }

  /** What sampling must know of it. */
  public DiffusionConfig diffusion() {
    return new DiffusionConfig(schedule, timesteps, objective, Sampler.USUAL_HISTORY);
  }

  TrainingObjective trainingObjective() {
    return new TrainingObjective(
        NoiseSchedule.of(schedule, timesteps),
        objective,
        minSnrGamma == 0 ? Double.POSITIVE_INFINITY : minSnrGamma);
  }
}
