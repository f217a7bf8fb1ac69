package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.data.SiblingPictures;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
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
 */
public record UnclipRecipe(
    String cascade,
    String model,
    ClipConfig clip,
    @Nullable Network network,
    Frame frame,
    int batch,
    OptimizerConfig optimizer) {
  /** Seed of data and initial weights. */
  public static final long SEED = 20_260_201;

  private static final double TWO_OBJECT_SHARE = 0.6;

  /** Share of the scenes, and most batches of them, that a model is judged by. */
  private static final double VALIDATION_SHARE = 0.01;

  private static final int VALIDATION_BATCHES = 4;

  /** A model that is taught with a CLIP. */
  public sealed interface Network {
    /** Makes embeddings. */
    record Prior(PriorConfig config) implements Network {}

    /** Draws embeddings. */
    record Drawer(DecoderConfig config) implements Network {}

    /** Enlarges pictures. */
    record Enlarger(UnetConfig config) implements Network {}
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
    SceneSampler sampler = new SceneSampler(SEED, Split.TRAIN, TWO_OBJECT_SHARE, true);
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
    Network taught = Objects.requireNonNull(network, "network");
    if (taught instanceof Network.Prior prior) {
      DiffusionTraining training = UnclipRecipes.priorTraining();
      DiffusionPrior model = new DiffusionPrior(prior.config());
      return PriorTask.of(model, stageData(data), encoder, training);
    }
    if (taught instanceof Network.Drawer drawer) {
      Decoder model = new Decoder(drawer.config());
      return DecoderTask.of(model, stageData(data), encoder, UnclipRecipes.decoderTraining());
    }
    UnetConfig unet = ((Network.Enlarger) taught).config();
    return DiffusionTask.of(unet, stageData(data), encoder, UnclipRecipes.enlargerTraining());
  }

  private StageData stageData(DataSplit data) {
    return new StageData(data, frame, batch, VALIDATION_BATCHES, SEED);
  }
}
