package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How one stage of a cascade is made from the procedural scenes: architecture, data, optimizer.
 *
 * @param cascade name of the cascade
 * @param stage name of the stage in it
 * @param text architecture of the cascade's text encoder
 * @param unet architecture of the stage's U-Net; absent for the text stage
 * @param diffusion what the U-Net learns from; absent for the text stage
 * @param batch samples in a batch of whole pictures
 * @param optimizer also says how many steps
 */
public record SceneRecipe(
    String cascade,
    String stage,
    TextEncoderConfig text,
    @Nullable UnetConfig unet,
    @Nullable SceneDiffusionConfig diffusion,
    int batch,
    OptimizerConfig optimizer) {
  /** Seed of data and initial weights. */
  public static final long SEED = 20_260_101;

  private static final double TWO_OBJECT_SHARE = 0.6;

  /** Whether this is the stage that encodes captions. */
  public boolean encodesText() {
    return unet == null;
  }

  /**
   * The task.
   *
   * @param tokenizer of the captions; stays open
   * @param textWeights of the taught encoder; not read by the text stage
   */
  public TrainingTask task(WordTokenizer tokenizer, Map<String, HostTensor> textWeights) {
    SceneSampler sampler = new SceneSampler(SEED, Split.TRAIN, TWO_OBJECT_SHARE, Textures.ALL);
    IntFunction<SceneBatches> batches =
        size -> new SceneBatches(sampler, tokenizer, size, text.maxTextLen());
    TextEncoder encoder = new TextEncoder(text);
    if (unet == null) {
      return new SceneTextTask(
          new PictureRegression(encoder, SceneTextTask.CHANNELS), batches.apply(batch));
    }
    SceneDiffusionConfig data = Objects.requireNonNull(diffusion, "diffusion");
    TorchModule loaded =
        TorchModule.load(encoder.graph(), textWeights, "cpu", TorchModule.Mode.FROZEN);
    var shown =
        new SceneDiffusionTask.Shown(batches.apply(data.cropping().batch()), batches.apply(batch));
    return new SceneDiffusionTask(data, new Unet(unet), shown, loaded, SEED);
  }
}
