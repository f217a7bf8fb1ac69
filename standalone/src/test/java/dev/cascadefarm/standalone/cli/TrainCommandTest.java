package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code farm train} and {@code farm minimagen} refuse before they start. */
class TrainCommandTest {
  private static final String RECIPE =
      """
      cascade: a
      data: {kind: folder, path: data}
      stages:
        - {name: text, text: {}, optimizer: {steps: 1}}
        - {name: base, side: 16, unet: {dim: 8}, optimizer: {steps: 1}}
      """;

  @TempDir Path directory;
  private final Terminal terminal = new Terminal();

  @Test
  void train_noStageAndNoRecipe_usage() {
    assertUsage("STAGE: none (expected: at least one, or --recipe)", "train");
  }

  @Test
  void train_recipeAndCascade_usage() throws IOException {
    assertUsage(
        "--cascade: tiny (expected: no --recipe beside it)",
        "train",
        "--recipe",
        recipe(RECIPE),
        "--cascade",
        "tiny");
  }

  @Test
  void train_recipeWithAnUnknownKey_usageNamesIt() throws IOException {
    assertUsage(
        "stages[1].optimizer.rate: unknown",
        "train",
        "--recipe",
        recipe(RECIPE.replace("{dim: 8}, optimizer: {", "{dim: 8}, optimizer: {rate: 1, ")));
  }

  @Test
  void train_recipeWithoutItsData_usageNamesTheFile() throws IOException {
    assertUsage("captions.jsonl: missing", "train", "--recipe", recipe(RECIPE));
  }

  @Test
  void train_stageThatIsNotInTheRecipe_usage() throws IOException {
    String scenes = RECIPE.replace("{kind: folder, path: data}", "{kind: scenes}");
    assertUsage("STAGE: top (expected: [text, base])", "train", "top", "--recipe", recipe(scenes));
  }

  @Test
  void minimagen_noScript_usage() {
    assertUsage("train, inference or main", "minimagen");
  }

  @Test
  void minimagen_impossibleArgument_usageByItsName() {
    assertUsage(
        "--TIMESTEPS: 20 (expected: >= 21",
        "minimagen",
        "train",
        "--data",
        "d",
        "-t",
        "20",
        "-test",
        "-ts",
        "x",
        "-t5",
        "t5_base");
  }

  @Test
  void minimagen_noData_usage() {
    assertUsage("--data", "minimagen", "train", "-test");
  }

  @Test
  void minimagen_noTrainingDirectory_usage() {
    assertUsage("no folder", "minimagen", "inference", "-d", directory.resolve("x").toString());
  }

  @Test
  void minimagen_t5Missing_usageSaysWhichFiles() {
    assertUsage(
        "missing config.json, model.safetensors, tokenizer.json",
        "minimagen",
        "train",
        "-test",
        "-ts",
        "x",
        "--data",
        directory.toString());
    assertThat(directory.resolve("training_x")).doesNotExist();
  }

  private String recipe(String text) throws IOException {
    return Files.writeString(directory.resolve("recipe.yaml"), text).toString();
  }

  private void assertUsage(String message, String... arguments) {
    int code = terminal.run(directory, arguments);
    assertThat(terminal.err()).contains(message);
    assertThat(code).isEqualTo(ExitCode.USAGE);
  }
}
