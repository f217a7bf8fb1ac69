package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class StageTrainingTest {
  private static final TrainingListener NOBODY = (report, weights) -> {};

  @TempDir Path folder;

  @Test
  void train_everyStage_checkpointKeepsWhatTheRunBeganWith() throws IOException {
    StageTraining training =
        new StageTraining("tiny", folder.resolve("work"), folder.resolve("catalogue"));
    for (String stage : training.stages()) {
      assertThat(training.train(stage, false, () -> false, NOBODY)).isTrue();
      assertThat(begun(stage))
          .containsEntry("recipe.seed", Long.toString(SceneRecipe.SEED))
          .containsEntry("recipe.stage", stage)
          .containsKeys("recipe.batch", "recipe.text.width", "recipe.optimizer.learning_rate")
          .doesNotContainKey("recipe.optimizer.steps");
      assertThat(training.train(stage, true, () -> false, NOBODY)).isTrue();
    }
    assertThat(begun("base")).containsKeys("recipe.unet.dim", "recipe.diffusion.side");
  }

  private Map<String, String> begun(String stage) {
    return SafeTensors.metadata(folder.resolve("work/tiny/" + stage + "/checkpoint.safetensors"));
  }
}
