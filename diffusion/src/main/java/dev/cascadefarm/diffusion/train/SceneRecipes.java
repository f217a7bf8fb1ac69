package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.List;

/** The recipes of the cascades that are made from procedural scenes, in the order of training. */
public final class SceneRecipes {
  private static final int TEXT_LENGTH = 20;
  private static final String SCHEDULE = "cosine";
  private static final int TIMESTEPS = 1000;
  private static final double CAPTION_DROP = 0.1;
  private static final int BASE_SIDE = 16;
  private static final int SR_SIDE = 64;

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

  /** The default cascade. */
  private static List<SceneRecipe> scenes() {
    TextEncoderConfig text = text(128, 3);
    UnetConfig base =
        UnetConfig.builder()
            .dim(40)
            .dimMults(1, 2, 3)
            .condDim(96)
            .textEmbedDim(text.width())
            .numResnetBlocks(1)
            .layerAttns(false, true, true)
            .layerCrossAttns(false, true, true)
            .attnHeads(4)
            .maxTextLen(TEXT_LENGTH)
            .attnDimHead(16)
            .build();
    UnetConfig sr64 =
        UnetConfig.builder()
            .dim(16)
            .dimMults(1, 2, 3)
            .condDim(64)
            .textEmbedDim(text.width())
            .numResnetBlocks(1)
            .layerAttns(false)
            .layerCrossAttns(false, true, true)
            .attnHeads(4)
            .lowresCond(true)
            .maxTextLen(TEXT_LENGTH)
            .attnDimHead(16)
            .build();
    return List.of(
        new SceneRecipe("scenes", "text", text, null, null, 64, OptimizerConfig.usual(1e-3, 3_000)),
        new SceneRecipe(
            "scenes", "base", text, base, baseData(), 64, OptimizerConfig.usual(1e-3, 2_000)),
        new SceneRecipe(
            "scenes", "sr64", text, sr64, srData(), 16, OptimizerConfig.usual(2e-3, 18_000)));
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
            srData(),
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
        BASE_SIDE, 0, BASE_SIDE, 0, SCHEDULE, TIMESTEPS, CAPTION_DROP, 0);
  }

  private static SceneDiffusionConfig srData() {
    return new SceneDiffusionConfig(
        SR_SIDE, BASE_SIDE, SR_SIDE / 2, 16_000, SCHEDULE, TIMESTEPS, CAPTION_DROP, 0.3);
  }
}
