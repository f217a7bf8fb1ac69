package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.scenes.SceneDataset;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class RecipeTrainingTest {
  private static final TrainingListener NOBODY = (report, weights) -> {};
  private static final String RECIPE =
      """
      cascade: shapes
      data: {kind: folder, path: data, validation: 0.3}
      stages:
        - name: text
          text: {width: 8, layers: 1, heads: 2, max_text_len: 20}
          batch: 2
          optimizer: {steps: 3}
        - name: base
          side: 8
          unet: {dim: 8, dim_mults: [1, 1], layer_attns: false, layer_cross_attns: false}
          training: {timesteps: 50}
          sampling: {steps: 2}
          batch: 2
          validate_every: 2
          sample_every: 2
          checkpoint_seconds: 0
          install: best
          optimizer: {steps: 4}
        - name: sr16
          side: 16
          unet: {dim: 8, dim_mults: [1, 1], layer_attns: false, layer_cross_attns: false}
          training: {timesteps: 50}
          sampling: {steps: 2}
          batch: 3
          micro_batch: 2
          accumulate: 2
          sample_every: 0
          optimizer: {steps: 2, kind: adam, ema_decay: 0}
      """;

  @TempDir Path folder;
  private final List<String> remarks = new ArrayList<>();
  private Path recipe;

  @BeforeEach
  void write() throws IOException {
    new SceneDataset(new SceneSampler(3, Split.TRAIN, 0.5, Textures.BOLD), Wording.PLAIN, 16, 7)
        .write(folder.resolve("data"));
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
  }

  @Test
  void train_allStages_aCascadeThatLoads() throws IOException {
    RecipeTraining training = open("work", "catalogue");
    for (String stage : training.stages()) {
      assertThat(training.train(stage, false, () -> false, NOBODY)).isTrue();
    }
    Catalogue catalogue = Catalogue.read(folder.resolve("catalogue"));
    Cascade cascade = catalogue.cascades().get(0);
    assertThat(cascade.id()).isEqualTo("shapes@1");
    assertThat(cascade.last().inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "image", "base.image"));
    catalogue.bundles().forEach(InstalledBundle::verifyFiles);
    ObjectNode settings =
        catalogue.settings(new BundleId("shapes-sr16", 1)).complete("sr16", WireJson.object());
    assertThat(settings.path("steps").asInt()).isEqualTo(2);
    InstalledBundle base = catalogue.bundle(new BundleId("shapes-base", 1));
    assertThat(base.bundle().provenance().at("/recipe/cascade").asText()).isEqualTo("shapes");
    assertThat(base.bundle().provenance().has("validation_loss")).isTrue();
  }

  @Test
  void train_base_recordsForPeopleAndMachines() throws IOException {
    RecipeTraining training = open("work", "catalogue");
    training.train("text", false, () -> false, NOBODY);
    training.train("base", false, () -> false, NOBODY);
    Path base = folder.resolve("work/shapes/base");
    List<String> lines = Files.readAllLines(base.resolve("metrics.jsonl"));
    assertThat(lines).hasSize(6);
    assertThat(lines.get(2)).contains("\"validation_loss\"").contains("\"step\":2");
    assertThat(Files.readString(base.resolve("metrics.prom")))
        .contains("farm_training_step{cascade=\"shapes\",stage=\"base\"} 4.0\n")
        .contains("# TYPE farm_training_validation_loss gauge\n")
        .contains("farm_training_validation_step{cascade=\"shapes\",stage=\"base\"} 4.0\n");
    assertThat(ImageIO.read(base.resolve("loss.png").toFile()).getWidth())
        .isGreaterThan(LossCurve.WIDTH);
    assertThat(ImageIO.read(base.resolve("samples-0000002.png").toFile()).getWidth())
        .isGreaterThan(100);
    assertThat(base.resolve("samples-0000004.png")).exists();
  }

  @Test
  void train_captionOfAThousandTokens_cutAndCounted() throws IOException {
    Files.writeString(
        folder.resolve("data/captions.jsonl"),
        "{\"file\": \"images/000000.png\", \"caption\": \"%s\"}\n".formatted("word ".repeat(1000)),
        StandardOpenOption.APPEND);
    RecipeTraining training = open("work", "catalogue");
    training.train("text", false, () -> false, NOBODY);
    training.train("base", false, () -> false, NOBODY);
    assertThat(remarks)
        .containsExactly(
            "data: 8 examples",
            "captions: 1 of 8 are too long and lose their tail, at most 981 tokens");
  }

  @Test
  void train_stoppedAndResumed_sameBundleAsUndisturbed() throws IOException {
    RecipeTraining whole = open("whole", "one");
    whole.train("text", false, () -> false, NOBODY);
    whole.train("base", false, () -> false, NOBODY);
    RecipeTraining halves = open("halves", "two");
    halves.train("text", false, () -> false, NOBODY);
    long[] step = {0};
    TrainingListener counter = (report, weights) -> step[0] = report.step();
    assertThat(halves.train("base", false, () -> step[0] >= 3, counter)).isFalse();
    assertThat(folder.resolve("two/bundles/shapes-base")).doesNotExist();
    Files.writeString(
        folder.resolve("halves/shapes/base/metrics.jsonl"),
        "{\"step\":4,\"loss\":9,\"seconds\":1,\"batch\":2}\n{\"st",
        StandardOpenOption.APPEND);
    assertThat(open("halves", "two").train("base", true, () -> false, counter)).isTrue();
    assertThat(weights("two")).isEqualTo(weights("one"));
    assertThat(losses("halves")).isEqualTo(losses("whole")).hasSize(6);
  }

  @Test
  void train_resumedByAnotherRecipe_refusedNamingWhatDiffers() throws IOException {
    RecipeTraining training = open("work", "catalogue");
    training.train("text", false, () -> false, NOBODY);
    long[] step = {0};
    TrainingListener counter = (report, weights) -> step[0] = report.step();
    assertThat(training.train("base", false, () -> step[0] >= 3, counter)).isFalse();
    String faster = RECIPE.replace("{steps: 4}", "{steps: 4, learning_rate: 0.5}");
    Files.writeString(recipe, faster.replace("{timesteps: 50}", "{timesteps: 60}"));
    assertThatThrownBy(() -> open("work", "catalogue").train("base", true, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith(
            "%s: model.training.timesteps: 60, was 50; optimizer.learning_rate: 0.5, was 0.001",
            folder.resolve("work/shapes/base/checkpoint.safetensors"));
    Files.writeString(recipe, RECIPE.replace("validation: 0.3", "validation: 0.4"));
    assertThatThrownBy(() -> open("work", "catalogue").train("base", true, () -> false, NOBODY))
        .hasMessageContaining("data: {kind=folder, path=data, validation=0.4}, was {kind=folder,");
  }

  @Test
  void train_resumedWithMoreStepsAndOtherIntervals_goesOn() throws IOException {
    RecipeTraining training = open("work", "catalogue");
    training.train("text", false, () -> false, NOBODY);
    training.train("base", false, () -> false, NOBODY);
    Files.writeString(
        recipe,
        RECIPE
            .replace("{steps: 4}", "{steps: 5}")
            .replace("sample_every: 2", "sample_every: 3")
            .replace("validate_every: 2", "validate_every: 1"));
    long[] step = {0};
    TrainingListener counter = (report, weights) -> step[0] = report.step();
    assertThat(open("work", "catalogue").train("base", true, () -> false, counter)).isTrue();
    assertThat(step[0]).isEqualTo(5);
  }

  @Test
  void train_textOfAnotherCascade_sharedNotTaught() throws IOException {
    RecipeTraining first = open("work", "catalogue");
    first.train("text", false, () -> false, NOBODY);
    String text = RECIPE.substring(RECIPE.indexOf("    text: {"), RECIPE.indexOf("  - name: base"));
    String other =
        RECIPE
            .replace("cascade: shapes", "cascade: others")
            .replace(text, "    text: {bundle: shapes-text@1}\n");
    Files.writeString(recipe, other);
    RecipeTraining second = open("work", "catalogue");
    for (String stage : second.stages()) {
      assertThat(second.train(stage, false, () -> false, NOBODY)).isTrue();
    }
    Cascade cascade = Catalogue.read(folder.resolve("catalogue")).cascade("others").orElseThrow();
    assertThat(cascade.stages())
        .extracting(each -> each.bundle().toString())
        .containsExactly("shapes-text@1", "others-base@1", "others-sr16@1");
    Files.writeString(recipe, other.replace("shapes-text@1", "none@1"));
    assertThatThrownBy(() -> open("work", "catalogue").train("text", false, () -> false, NOBODY))
        .hasMessageContaining("none/1/stage.json: missing (expected: a bundle of the catalogue)");
  }

  @Test
  void train_textNotTaughtYet_refused() {
    RecipeTraining training = open("work", "catalogue");
    assertThatThrownBy(() -> training.train("base", false, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("missing (expected: train text first)");
    assertThatThrownBy(() -> training.train("top", false, () -> false, NOBODY))
        .hasMessage("stage: top (expected: [text, base, sr16])");
  }

  /** What the log says but for the time that it took. */
  private List<String> losses(String work) throws IOException {
    return Files.readAllLines(folder.resolve(work).resolve("shapes/base/metrics.jsonl")).stream()
        .map(each -> each.replaceAll("\"seconds\":[^,]*,", ""))
        .toList();
  }

  private RecipeTraining open(String work, String catalogue) {
    return RecipeTraining.open(
        RecipeFile.read(recipe), folder.resolve(work), folder.resolve(catalogue), remarks::add);
  }

  private Map<String, HostTensor> weights(String catalogue) {
    return SafeTensors.read(
        folder.resolve(catalogue).resolve("bundles/shapes-base/1/model.safetensors"));
  }
}
