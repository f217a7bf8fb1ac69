package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.train.UnclipRecipe.Network;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How large the models of an unCLIP cascade are; what they are beyond that is the same for all. The
 * decoder draws pictures of 16 pixels, which are enlarged at once.
 *
 * @param clip but for its words
 * @param prior its transformer
 */
public record UnclipSizes(Pair clip, TowerConfig prior, Drawer decoder, Enlarger enlarger) {
  /** The first model, which the others are taught with. */
  public static final String CLIP = "clip";

  public static final String PRIOR = "prior";
  public static final String DECODER = "decoder";

  /** Side of the decoder's pictures, in pixels. */
  public static final int DRAWN_SIDE = 16;

  private static final String SCHEDULE = "cosine";

  /**
   * Of pictures that have small ones beside them: with more noise, so that textures are learned.
   */
  private static final String ENLARGING_SCHEDULE = "linear";

  private static final int TIMESTEPS = 1000;

  /** Largest square that a super-resolution model learns from at first. */
  private static final int CROP = 32;

  /** Share of its steps after which it learns from whole pictures. */
  private static final double CROPPED = 0.9;

  /**
   * A CLIP's two halves.
   *
   * @param side of its pictures, and of what the cascade draws, in pixels; a multiple of 32
   * @param patch side of the squares that a picture is cut into
   * @param maxTextLen tokens of a caption
   * @param latentDim numbers in an embedding
   */
  public record Pair(
      int side, int patch, TowerConfig vision, TowerConfig text, int maxTextLen, int latentDim) {
    public Pair {
      Check.require(side >= CROP && side % CROP == 0, "side", side, "a multiple of " + CROP);
    }

    ClipConfig of(int vocabulary) {
      return new ClipConfig(3, side, patch, vision, vocabulary, maxTextLen, text, latentDim);
    }
  }

  /** A decoder, as {@link DecoderConfig} names it. */
  public record Drawer(int dim, List<Integer> ratios, int condDim) {
    public Drawer {
      ratios = List.copyOf(ratios);
    }
  }

  /** A super-resolution model, as {@link UnetConfig} names it. */
  public record Enlarger(int dim, List<Integer> dimMults, int condDim) {
    public Enlarger {
      dimMults = List.copyOf(dimMults);
    }
  }

  /**
   * How long a model is taught.
   *
   * @param batch examples in a batch
   */
  public record Lesson(int batch, OptimizerConfig optimizer) {}

  /** Names of the models in the order of training. */
  public List<String> models() {
    return List.of(CLIP, PRIOR, DECODER, enlargerName());
  }

  private String enlargerName() {
    return "sr" + clip.side();
  }

  /**
   * The recipes in the order of training.
   *
   * @param vocabulary tokens of the captions
   * @param lessons of every model
   * @throws IllegalArgumentException naming what does not fit together
   */
  public List<UnclipRecipe> recipes(
      String cascade, int vocabulary, Map<String, Lesson> lessons, long seed) {
    ClipConfig read = clip.of(vocabulary);
    Lesson enlarging = Objects.requireNonNull(lessons.get(enlargerName()), enlargerName());
    Map<String, Network> networks =
        Map.of(PRIOR, prior(read), DECODER, drawer(read), enlargerName(), enlarger(read));
    Map<String, Frame> frames =
        Map.of(DECODER, whole(DRAWN_SIDE), enlargerName(), crops(enlarging.optimizer().steps()));
    return models().stream()
        .map(
            model -> {
              Lesson lesson = Objects.requireNonNull(lessons.get(model), model);
              return new UnclipRecipe(
                  cascade,
                  model,
                  read,
                  networks.get(model),
                  frames.getOrDefault(model, whole(clip.side())),
                  lesson.batch(),
                  lesson.optimizer(),
                  seed);
            })
        .toList();
  }

  private Network prior(ClipConfig read) {
    PriorConfig config =
        new PriorConfig(read.latentDim(), read.text().width(), read.maxTextLen(), prior);
    return new Network.Prior(config, training(SCHEDULE, Objective.X_START, 0.1, 0));
  }

  /** Two blocks a level, so that the lowest level attends too; four tokens of an embedding. */
  private Network drawer(ClipConfig read) {
    DecoderConfig config =
        new DecoderConfig(
            3,
            decoder.dim(),
            decoder.ratios(),
            2,
            decoder.condDim(),
            8,
            4,
            read.latentDim(),
            4,
            read.text().width(),
            read.maxTextLen());
    Check.require(
        DRAWN_SIDE % config.sideMultiple() == 0, "ratios", decoder.ratios(), "at most five");
    return new Network.Drawer(config, training(SCHEDULE, Objective.V, 0.5, 0), 0.1);
  }

  /** Reads the caption at all resolutions but the first. */
  private Network enlarger(ClipConfig read) {
    int[] widths = enlarger.dimMults().stream().mapToInt(Integer::intValue).toArray();
    Boolean[] reads = new Boolean[widths.length];
    Arrays.setAll(reads, level -> level > 0);
    UnetConfig config =
        UnetConfig.builder()
            .dim(enlarger.dim())
            .dimMults(widths)
            .condDim(enlarger.condDim())
            .textEmbedDim(read.text().width())
            .numResnetBlocks(1)
            .layerAttns(false)
            .layerCrossAttns(reads)
            .attnHeads(4)
            .lowresCond(true)
            .maxTextLen(read.maxTextLen())
            .attnDimHead(16)
            .build();
    return new Network.Enlarger(config, training(ENLARGING_SCHEDULE, Objective.V, 0.1, 0.2));
  }

  private static DiffusionTraining training(
      String schedule, Objective objective, double captionDrop, double maxAugmentation) {
    return new DiffusionTraining(
        schedule,
        TIMESTEPS,
        objective,
        LossKind.L2,
        0,
        captionDrop,
        Augmentation.SAMPLE,
        maxAugmentation);
  }

  private static Frame whole(int side) {
    return new Frame(side, 0, side);
  }

  private Frame crops(int steps) {
    int side = clip.side();
    return new Frame(side, DRAWN_SIDE, Math.min(CROP, side), Math.round(CROPPED * steps));
  }
}
