package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig.Cropping;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig.Drawing;
import java.util.List;

/** The recipes of the cascades that are made from procedural scenes, in the order of training. */
public final class SceneRecipes {
  private static final int TEXT_LENGTH = 24;
  private static final String COSINE = "cosine";
  private static final String LINEAR = "linear";
  private static final int TIMESTEPS = 1000;
  private static final double CAPTION_DROP = 0.1;
  private static final int BASE_SIDE = 16;
  private static final int SR64_SIDE = 64;
  private static final int SR256_SIDE = 256;

  private SceneRecipes() {}

  /** The recipes of that cascade: {@code scenes} or {@code tiny}. */
  public static List<SceneRecipe> of(String cascade) {
    return switch (cascade) {
      case "scenes" -> scenes();
      case "tiny" -> tiny();
      default ->
          throw new IllegalArgumentException("cascade: " + cascade + " (expected: scenes or tiny)");
    };
  }

  /** Version of that cascade that the recipes make. */
  public static int version(String cascade) {
    return cascade.equals("scenes") ? 2 : 1;
  }

  /** The default cascade. */
  private static List<SceneRecipe> scenes() {
    TextEncoderConfig text = text(128, 4);
    return List.of(
        new SceneRecipe("scenes", "text", text, null, null, 64, OptimizerConfig.usual(1e-3, 6_000)),
        new SceneRecipe(
            "scenes", "base", text, base(text), baseData(), 64, OptimizerConfig.usual(1e-3, 4_000)),
        new SceneRecipe(
            "scenes",
            "sr64",
            text,
            sr64(text),
            sr64Data(16, 16_000),
            16,
            OptimizerConfig.usual(2e-3, 20_000)),
        new SceneRecipe(
            "scenes",
            "sr256",
            text,
            sr256(text),
            sr256Data(16, 4_000),
            4,
            OptimizerConfig.usual(1.5e-3, 5_000)));
  }

  private static UnetConfig base(TextEncoderConfig text) {
    return unet(text)
        .dim(40)
        .dimMults(1, 2, 3)
        .condDim(96)
        .layerAttns(false, true, true)
        .layerCrossAttns(false, true, true)
        .build();
  }

  /** Attention at 16×16 only: enough for an object to find the other one. */
  private static UnetConfig sr64(TextEncoderConfig text) {
    return unet(text)
        .dim(16)
        .dimMults(1, 2, 3)
        .condDim(64)
        .layerAttns(false, false, true)
        .layerCrossAttns(false, true, true)
        .lowresCond(true)
        .build();
  }

  private static UnetConfig sr256(TextEncoderConfig text) {
    return unet(text)
        .dim(32)
        .dimMults(1, 2, 2)
        .condDim(64)
        .numResnetBlocks(0, 1, 1)
        .layerAttns(false)
        .layerCrossAttns(false, true, true)
        .lowresCond(true)
        .patchSize(SR256_SIDE / SR64_SIDE)
        .build();
  }

  private static UnetConfig.Builder unet(TextEncoderConfig text) {
    return UnetConfig.builder()
        .textEmbedDim(text.width())
        .numResnetBlocks(1)
        .attnHeads(4)
        .maxTextLen(TEXT_LENGTH)
        .attnDimHead(16);
  }

  /** A cascade of the same form that knows nothing: for tests of everything but the pictures. */
  private static List<SceneRecipe> tiny() {
    TextEncoderConfig text = text(16, 1);
    return List.of(
        new SceneRecipe("tiny", "text", text, null, null, 4, OptimizerConfig.usual(1e-3, 0)),
        new SceneRecipe(
            "tiny",
            "base",
            text,
            tinyUnet(text, false),
            baseData(),
            4,
            OptimizerConfig.usual(1e-3, 0)),
        new SceneRecipe(
            "tiny",
            "sr64",
            text,
            tinyUnet(text, true),
            sr64Data(4, 16_000),
            4,
            OptimizerConfig.usual(1e-3, 0)));
  }

  private static TextEncoderConfig text(int width, int layers) {
    int vocabulary = WordTokenizer.vocabularySize(CaptionGrammar.vocabulary());
    return new TextEncoderConfig(vocabulary, TEXT_LENGTH, width, layers, 4);
  }

  private static UnetConfig tinyUnet(TextEncoderConfig text, boolean superResolution) {
    return UnetConfig.builder()
        .dim(8)
        .dimMults(1, 1)
        .condDim(8)
        .textEmbedDim(text.width())
        .numResnetBlocks(1)
        .layerAttns(false)
        .layerCrossAttns(false, true)
        .attnHeads(1)
        .lowresCond(superResolution)
        .memoryEfficient(superResolution)
        .maxTextLen(TEXT_LENGTH)
        .attnDimHead(8)
        .build();
  }

  private static SceneDiffusionConfig baseData() {
    return new SceneDiffusionConfig(
        BASE_SIDE, 0, Cropping.NONE, training(COSINE, Objective.V, 0), new Drawing(20, 3));
  }

  private static SceneDiffusionConfig sr64Data(int crops, int steps) {
    return new SceneDiffusionConfig(
        SR64_SIDE,
        BASE_SIDE,
        new Cropping(SR64_SIDE / 2, crops, steps),
        training(COSINE, Objective.V, 0.3),
        new Drawing(12, 3));
  }

  /** The clean picture is predicted, so that the U-Net need not carry all noise through itself. */
  private static SceneDiffusionConfig sr256Data(int crops, int steps) {
    return new SceneDiffusionConfig(
        SR256_SIDE,
        SR64_SIDE,
        new Cropping(SR256_SIDE / 2, crops, steps),
        training(LINEAR, Objective.X_START, 0.2),
        new Drawing(6, 1));
  }

  private static DiffusionTraining training(
      String schedule, Objective objective, double maxAugmentation) {
    return new DiffusionTraining(
        schedule,
        TIMESTEPS,
        objective,
        LossKind.L2,
        0,
        CAPTION_DROP,
        Augmentation.SAMPLE,
        maxAugmentation);
  }
}
