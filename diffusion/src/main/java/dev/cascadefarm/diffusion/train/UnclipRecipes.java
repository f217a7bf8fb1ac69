package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.train.UnclipRecipe.Network;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recipes of the unCLIP cascades that are made from procedural scenes, in the order of
 * training: CLIP, prior, decoder, super-resolution.
 */
public final class UnclipRecipes {
  private static final int TIMESTEPS = 1000;

  private static final String SCHEDULE = "cosine";
  private static final int TEXT_LENGTH = 24;
  private static final int PATCH = 8;
  private static final int SIDE = 64;
  private static final int DECODER_SIDE = 16;

  private UnclipRecipes() {}

  /** The recipes of that cascade: {@code scenes-unclip} or {@code tiny-unclip}. */
  public static List<UnclipRecipe> of(String cascade) {
    return switch (cascade) {
      case "scenes-unclip" -> scenes();
      case "tiny-unclip" -> tiny();
      default ->
          throw new IllegalArgumentException(
              "cascade: " + cascade + " (expected: scenes-unclip or tiny-unclip)");
    };
  }

  private static DiffusionTraining training(
      Objective objective, double captionDrop, double maxAugmentation) {
    return new DiffusionTraining(
        SCHEDULE,
        TIMESTEPS,
        objective,
        LossKind.L2,
        0,
        captionDrop,
        Augmentation.SAMPLE,
        maxAugmentation);
  }

  private static List<UnclipRecipe> scenes() {
    String name = "scenes-unclip";
    ClipConfig clip = clip(new TowerConfig(96, 4, 4), new TowerConfig(128, 3, 4), 96);
    Network prior = prior(clip, new TowerConfig(96, 4, 4));
    Network decoder = decoder(clip, 32, List.of(1, 2, 2), 96);
    Network sr64 = enlarger(clip, 16, 64, 1, 2, 3);
    return List.of(
        recipe(name, "clip", clip, null, whole(SIDE), 128, optimizer(1e-3, 5_000)),
        recipe(name, "prior", clip, prior, whole(SIDE), 128, optimizer(1e-3, 3_500)),
        recipe(name, "decoder", clip, decoder, whole(DECODER_SIDE), 64, optimizer(1e-3, 5_000)),
        recipe(name, "sr64", clip, sr64, crops(10_000), 16, optimizer(2e-3, 12_000)));
  }

  /** A cascade of the same form that knows nothing: for tests of everything but the pictures. */
  private static List<UnclipRecipe> tiny() {
    String name = "tiny-unclip";
    ClipConfig clip = clip(new TowerConfig(16, 1, 2), new TowerConfig(16, 1, 2), 16);
    Network prior = prior(clip, new TowerConfig(16, 1, 2));
    Network decoder = decoder(clip, 8, List.of(1, 2), 16);
    Network sr64 = enlarger(clip, 8, 8, 1, 1);
    OptimizerConfig none = optimizer(1e-3, 0);
    return List.of(
        recipe(name, "clip", clip, null, whole(SIDE), 4, none),
        recipe(name, "prior", clip, prior, whole(SIDE), 4, none),
        recipe(name, "decoder", clip, decoder, whole(DECODER_SIDE), 4, none),
        recipe(name, "sr64", clip, sr64, crops(0), 4, none));
  }

  private static UnclipRecipe recipe(
      String cascade,
      String model,
      ClipConfig clip,
      @Nullable Network network,
      Frame frame,
      int batch,
      OptimizerConfig optimizer) {
    return new UnclipRecipe(
        cascade, model, clip, network, frame, batch, optimizer, UnclipRecipe.SEED);
  }

  private static ClipConfig clip(TowerConfig vision, TowerConfig text, int latentDim) {
    int vocabulary = WordTokenizer.vocabularySize(CaptionGrammar.vocabulary());
    return new ClipConfig(3, SIDE, PATCH, vision, vocabulary, TEXT_LENGTH, text, latentDim);
  }

  private static Network prior(ClipConfig clip, TowerConfig tower) {
    int width = clip.text().width();
    return new Network.Prior(
        new PriorConfig(clip.latentDim(), width, TEXT_LENGTH, tower),
        training(Objective.X_START, 0.1, 0));
  }

  /** Two blocks a level, so that the lowest level attends too; four tokens of an embedding. */
  private static Network decoder(ClipConfig clip, int dim, List<Integer> ratios, int condDim) {
    int latent = clip.latentDim();
    int width = clip.text().width();
    return new Network.Drawer(
        new DecoderConfig(3, dim, ratios, 2, condDim, 8, 4, latent, 4, width, TEXT_LENGTH),
        training(Objective.V, 0.5, 0),
        0.1);
  }

  /** Reads the caption at all resolutions but the first. */
  private static Network enlarger(ClipConfig clip, int dim, int condDim, int... widths) {
    Boolean[] reads = new Boolean[widths.length];
    Arrays.setAll(reads, level -> level > 0);
    return new Network.Enlarger(
        UnetConfig.builder()
            .dim(dim)
            .dimMults(widths)
            .condDim(condDim)
            .textEmbedDim(clip.text().width())
            .numResnetBlocks(1)
            .layerAttns(false)
            .layerCrossAttns(reads)
            .attnHeads(4)
            .lowresCond(true)
            .maxTextLen(TEXT_LENGTH)
            .attnDimHead(16)
            .build(),
        training(Objective.V, 0.1, 0.3));
  }

  private static Frame whole(int side) {
    return new Frame(side, 0, side);
  }

  private static Frame crops(int batches) {
    return new Frame(SIDE, DECODER_SIDE, SIDE / 2, batches);
  }

  private static OptimizerConfig optimizer(double learningRate, int steps) {
    return new OptimizerConfig(learningRate, 200, steps, 0.02, 0.9, 0.99, 0.01, 1, 0.998);
  }
}
