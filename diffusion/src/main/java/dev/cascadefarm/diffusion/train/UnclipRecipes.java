package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import java.util.List;

/**
 * The recipes of the unCLIP cascades that are made from procedural scenes, in the order of
 * training: CLIP, prior, decoder.
 */
public final class UnclipRecipes {
  static final int TIMESTEPS = 1000;

  private static final int TEXT_LENGTH = 24;
  private static final int CLIP_SIDE = 64;
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

  static DecoderTraining decoderTraining() {
    return DecoderTraining.cosine(TIMESTEPS, Objective.V);
  }

  private static List<UnclipRecipe> scenes() {
    String name = "scenes-unclip";
    ClipConfig clip = clip(CLIP_SIDE, new TowerConfig(96, 4, 4), new TowerConfig(128, 3, 4), 96);
    PriorConfig prior = prior(clip, new TowerConfig(96, 4, 4));
    DecoderConfig decoder = decoder(clip, 32, List.of(1, 2, 2), 96);
    return List.of(
        new UnclipRecipe(name, "clip", clip, null, null, CLIP_SIDE, 128, optimizer(1e-3, 12_000)),
        new UnclipRecipe(name, "prior", clip, prior, null, CLIP_SIDE, 128, optimizer(1e-3, 8_000)),
        new UnclipRecipe(
            name, "decoder", clip, null, decoder, DECODER_SIDE, 64, optimizer(1e-3, 6_000)));
  }

  /** A cascade of the same form that knows nothing: for tests of everything but the pictures. */
  private static List<UnclipRecipe> tiny() {
    String name = "tiny-unclip";
    ClipConfig clip = clip(CLIP_SIDE, new TowerConfig(16, 1, 2), new TowerConfig(16, 1, 2), 16);
    PriorConfig prior = prior(clip, new TowerConfig(16, 1, 2));
    DecoderConfig decoder = decoder(clip, 8, List.of(1, 2), 16);
    OptimizerConfig none = optimizer(1e-3, 0);
    return List.of(
        new UnclipRecipe(name, "clip", clip, null, null, CLIP_SIDE, 4, none),
        new UnclipRecipe(name, "prior", clip, prior, null, CLIP_SIDE, 4, none),
        new UnclipRecipe(name, "decoder", clip, null, decoder, DECODER_SIDE, 4, none));
  }

  private static ClipConfig clip(int side, TowerConfig vision, TowerConfig text, int latentDim) {
    int vocabulary = WordTokenizer.vocabularySize(CaptionGrammar.vocabulary());
    return new ClipConfig(3, side, 8, vision, vocabulary, TEXT_LENGTH, text, latentDim);
  }

  private static PriorConfig prior(ClipConfig clip, TowerConfig tower) {
    return new PriorConfig(clip.latentDim(), clip.text().width(), TEXT_LENGTH, tower);
  }

  /** Two blocks a level, so that the lowest level attends too; four tokens of an embedding. */
  private static DecoderConfig decoder(
      ClipConfig clip, int dim, List<Integer> ratios, int condDim) {
    return new DecoderConfig(
        3, dim, ratios, 2, condDim, 8, 4, clip.latentDim(), 4, clip.text().width(), TEXT_LENGTH);
  }

  private static OptimizerConfig optimizer(double learningRate, int steps) {
    return new OptimizerConfig(learningRate, 200, steps, 0.02, 0.9, 0.99, 0.01, 1, 0.998);
  }
}
