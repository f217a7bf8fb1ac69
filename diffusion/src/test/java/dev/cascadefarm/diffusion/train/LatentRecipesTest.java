package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Compressor;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Drawer;
import dev.cascadefarm.diffusion.train.LatentTask.Frozen;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class LatentRecipesTest {
  /** Of a cascade's weights as fp16, those of the shared text stage among them. */
  private static final long MOST_BYTES = 8_000_000;

  @TempDir Path folder;

  @Test
  void scenes_allModels_smallEnoughToShip() {
    TextEncoderConfig text = SceneRecipes.of("scenes").get(0).text();
    long numbers = numbers(new TextEncoder(text).graph());
    for (LatentRecipe each : LatentRecipes.of("scenes-latent")) {
      numbers += numbers(graph(each, text.width()));
    }
    assertThat(2 * numbers).isBetween(MOST_BYTES / 2, MOST_BYTES);
  }

  private static Graph graph(LatentRecipe recipe, int width) {
    if (recipe.network() instanceof Compressor compressor) {
      return recipe.task(compressor).graph();
    }
    String file = ((Drawer) recipe.network()).file(width).toString();
    byte[] content = file.getBytes(StandardCharsets.UTF_8);
    return new Unet2d(Unet2dConfig.parse(content, "unet2d")).graph(false);
  }

  private static long numbers(Graph graph) {
    return graph.parameters().stream().filter(Parameter::stored).mapToLong(Parameter::size).sum();
  }

  @Test
  void tiny_oneAfterTheOther_eachTakesAStep() throws IOException {
    assertThat(TinyLatent.RECIPES)
        .extracting(LatentRecipe::model)
        .containsExactly("autoencoder", "latent");
    AutoencoderTask autoencoder = TinyLatent.autoencoder();
    Map<String, HostTensor> weights = step(autoencoder).weights();
    try (CaptionEncoder captions = TinyLatent.captions(folder);
        LatentEncoder pictures = TinyLatent.encoder(autoencoder.config(), weights)) {
      assertThat(step(TinyLatent.latent(new Frozen(captions, pictures))).steps()).isEqualTo(1);
    }
  }

  private Outcome step(TrainingTask task) {
    OptimizerConfig optimizer = new OptimizerConfig(1e-3, 0, 1, 1, 0.9, 0.99, 0, 1, 0);
    return new Trainer(task, optimizer, folder.resolve(task.graph().name()), 1)
        .run(false, () -> false, (report, weights) -> {});
  }

  @Test
  void of_unknownCascade_refused() {
    assertThatThrownBy(() -> LatentRecipes.of("scenes"))
        .hasMessage("cascade: scenes (expected: scenes-latent or tiny-latent)");
  }
}
