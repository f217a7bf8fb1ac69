package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.TextEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SceneRecipesTest {
  private static final List<SceneRecipe> SCENES = SceneRecipes.of("scenes");
  private static final int END_TOKEN = 1;

  @Test
  void scenes_stages_eachEnlargesTheOneBefore() {
    assertThat(SCENES)
        .extracting(SceneRecipe::stage)
        .containsExactly("text", "base", "sr64", "sr256");
    for (int i = 2; i < SCENES.size(); i++) {
      assertThat(data(i).lowresSide()).isEqualTo(i == 2 ? 16 : data(i - 1).side());
      assertThat(data(i).cropping().steps())
          .isPositive()
          .isLessThan(SCENES.get(i).optimizer().steps());
    }
  }

  @Test
  void scenes_weightsInHalfPrecision_atMostFourteenMegabytes() {
    long bytes = 2 * SCENES.stream().mapToLong(SceneRecipesTest::parameters).sum();
    assertThat(bytes).isBetween(8_000_000L, 14_000_000L);
  }

  @Test
  void scenes_longestCaption_fitsTheEncoder() {
    assertThat(SCENES.get(0).text().maxTextLen())
        .isGreaterThanOrEqualTo(CaptionGrammar.MAX_WORDS + END_TOKEN);
  }

  @Test
  void scenes_largestStage_fewStepsAndNoSelfAttention() {
    UnetConfig unet = Objects.requireNonNull(SCENES.get(3).unet());
    assertThat(data(3).drawing().steps()).isLessThanOrEqualTo(8);
    assertThat(unet.layerAttns()).doesNotContain(true);
    assertThat(unet.attendAtMiddle()).isFalse();
  }

  private static SceneDiffusionConfig data(int stage) {
    return Objects.requireNonNull(SCENES.get(stage).diffusion());
  }

  /** As written into a bundle; buffers counted too. */
  private static long parameters(SceneRecipe recipe) {
    Graph graph =
        recipe.unet() == null
            ? new TextEncoder(recipe.text()).graph()
            : new Denoiser(new UnetPredictor(new Unet(recipe.unet()), 256)).samplingGraph();
    return graph.parameters().stream()
        .mapToLong(each -> Arrays.stream(each.shape()).reduce(1, (a, b) -> a * b))
        .sum();
  }
}
