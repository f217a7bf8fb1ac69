package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig.Cropping;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class SceneTasksTest {
  private static final SceneSampler SCENES =
      new SceneSampler(SceneRecipe.SEED, Split.TRAIN, 0.6, Textures.ALL);

  @TempDir Path folder;

  private interface Check {
    void of(TrainingTask task);
  }

  @Test
  void batch_text_fourthChannelShowsFineTexturesOnly() throws IOException {
    with(
        SceneRecipes.of("scenes").get(0),
        task -> {
          HostTensor target = floats(task, 0, 2);
          int plane = PictureRegression.SIDE * PictureRegression.SIDE;
          int fineScenes = 0;
          for (int i = 0; i < task.batchSize(0); i++) {
            boolean fine = SCENES.scene(i).objects().stream().anyMatch(o -> o.texture().fine());
            double energy = energy(target, (4 * i + 3) * plane, plane);
            assertThat(energy > 1e-3).as("scene %d: %s", i, energy).isEqualTo(fine);
            fineScenes += fine ? 1 : 0;
          }
          assertThat(fineScenes).isBetween(10, task.batchSize(0) - 10);
        });
  }

  @Test
  void batch_largestStage_cropsAroundObjectsThenWholePictures() throws IOException {
    SceneRecipe recipe = SceneRecipes.of("scenes").get(3);
    Cropping cropping = Objects.requireNonNull(recipe.diffusion()).cropping();
    int side = cropping.side();
    int batch = cropping.batch();
    with(
        recipe,
        task -> {
          for (int step = 0; step < 8; step++) {
            HostTensor crops = floats(task, step, 0);
            assertThat(crops.shape()).containsExactly(batch, 3, side, side);
            int each = 3 * side * side;
            for (int i = 0; i < batch; i++) {
              Scene scene = SCENES.scene((long) batch * step + i);
              double share = objectShare(crops, i * each, each, scene.background().word());
              assertThat(share).as(scene.toString()).isGreaterThan(0.04);
            }
          }
          assertThat(floats(task, cropping.steps(), 0).shape())
              .containsExactly(recipe.batch(), 3, 256, 256);
          assertThat(floats(task, cropping.steps(), 6).shape())
              .containsExactly(recipe.batch(), 3, 256, 256);
        });
  }

  /** Share of values that are not the background's. */
  private static double objectShare(HostTensor pictures, int from, int size, String background) {
    float level = background.equals("black") ? -1 : background.equals("white") ? 1 : 0;
    int other = 0;
    for (int i = from; i < from + size; i++) {
      other += Math.abs(pictures.data()[i] - level) > 1e-3 ? 1 : 0;
    }
    return other / (double) size;
  }

  @Test
  void batch_sameStep_sameInputs() throws IOException {
    with(
        SceneRecipes.of("scenes").get(2),
        task -> {
          for (int input = 0; input < 8; input++) {
            assertThat(floats(task, 5, input)).isEqualTo(floats(task, 5, input));
          }
          HostTensor picture = floats(task, 5, 0);
          HostTensor enlarged = floats(task, 5, 6);
          assertThat(enlarged.shape()).isEqualTo(picture.shape());
          assertThat(mean(enlarged)).isCloseTo(mean(picture), within(0.02));
        });
  }

  private void with(SceneRecipe recipe, Check check) throws IOException {
    Path file =
        Files.write(
            folder.resolve("tokenizer.json"), WordTokenizer.file(CaptionGrammar.vocabulary()));
    Map<String, HostTensor> text =
        Initialization.random(new TextEncoder(recipe.text()).graph(), SceneRecipe.SEED);
    try (WordTokenizer tokenizer = WordTokenizer.load(file, recipe.text().maxTextLen());
        TrainingTask task = recipe.task(tokenizer, text)) {
      check.of(task);
    }
  }

  private static HostTensor floats(TrainingTask task, long step, int input) {
    return ((Input.Floats) task.batch(step).get(input)).tensor();
  }

  private static double energy(HostTensor tensor, int from, int size) {
    double sum = 0;
    for (int i = from; i < from + size; i++) {
      sum += tensor.data()[i] * tensor.data()[i];
    }
    return sum / size;
  }

  private static double mean(HostTensor tensor) {
    double sum = 0;
    for (float each : tensor.data()) {
      sum += each;
    }
    return sum / tensor.data().length;
  }
}
