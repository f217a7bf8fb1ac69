package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.data.SiblingPictures;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one model of an unCLIP cascade is made: architecture, data, optimizer.
 *
 * @param cascade name of the cascade
 * @param model {@code clip}, {@code prior}, {@code decoder} or {@code sr64}
 * @param clip architecture of the cascade's CLIP
 * @param network what is taught beside it; absent for the CLIP itself
 * @param frame sizes of the pictures that the model learns from
 * @param batch samples in a batch
 * @param optimizer also says how many steps
 * @param seed of data order, noise and initial weights
 */
public record UnclipRecipe(
    String cascade,
    String model,
    ClipConfig clip,
    @Nullable Network network,
    Frame frame,
    int batch,
    OptimizerConfig optimizer,
    long seed) {
  /** Seed of the scenes, their order and initial weights. */
  public static final long SEED = 20_260_201;

  private static final double TWO_OBJECT_SHARE = 0.6;

  /** Share of the scenes, and most batches of them, that a model is judged by. */
  private static final double VALIDATION_SHARE = 0.01;

  private static final int VALIDATION_BATCHES = 4;

  /** A model that is taught with a CLIP. */
  public sealed interface Network {
    /** How it is taught. */
    DiffusionTraining training();

    /** Makes embeddings. */
    record Prior(PriorConfig config, DiffusionTraining training) implements Network {}

    /**
     * Draws embeddings.
     *
     * @param imageDrop share of the examples without embedding
     */
    record Drawer(DecoderConfig config, DiffusionTraining training, double imageDrop)
        implements Network {}

    /** Enlarges pictures. */
    record Enlarger(UnetConfig config, DiffusionTraining training) implements Network {}
  }

  /** What is taught with the CLIP. */
  public Network taught() {
    return Objects.requireNonNull(network, "network");
  }

  /** Whether this is the model that the others are made with. */
  public boolean makesClip() {
    return network == null;
  }

  /**
   * The scenes to learn from. The CLIP's come with their siblings: among strangers it would be
   * enough to know which colours and shapes there are, whoever has them.
   */
  public DataSplit scenes() {
    SceneSampler sampler = new SceneSampler(SEED, Split.TRAIN, TWO_OBJECT_SHARE, Textures.BOLD);
    CaptionedPictures all = makesClip() ? new SiblingPictures(sampler) : new ScenePictures(sampler);
    return DataSplit.of(all, VALIDATION_SHARE, SEED);
  }

  /**
   * The task of the CLIP.
   *
   * @param tokenizer of the captions; stays open
   */
  public TrainingTask clipTask(DataSplit data, WordTokenizer tokenizer) {
    return ClipTask.of(new Clip(clip), stageData(data), tokenizer);
  }

  /**
   * The task of another model.
   *
   * @param encoder the taught CLIP; stays open
   */
  public TrainingTask task(DataSplit data, ClipEncoder encoder) {
    Network taught = taught();
    if (taught instanceof Network.Prior prior) {
      DiffusionPrior model = new DiffusionPrior(prior.config());
      return PriorTask.of(model, stageData(data), encoder, prior.training());
    }
    if (taught instanceof Network.Drawer drawer) {
      DecoderTraining training = new DecoderTraining(drawer.training(), drawer.imageDrop());
      return DecoderTask.of(new Decoder(drawer.config()), stageData(data), encoder, training);
    }
    UnetConfig unet = ((Network.Enlarger) taught).config();
    return DiffusionTask.of(unet, stageData(data), encoder, taught.training());
  }

  private StageData stageData(DataSplit data) {
    return new StageData(data, frame, batch, VALIDATION_BATCHES, seed);
  }
}
