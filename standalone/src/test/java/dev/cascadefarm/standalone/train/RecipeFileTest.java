package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.recipe.Recipe;
import dev.cascadefarm.diffusion.recipe.RecipeException;
import dev.cascadefarm.diffusion.recipe.StageRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeFileTest {
  private static final Path DOCUMENTED = Path.of("../docs/recipes");

  @TempDir Path folder;

  @Test
  void read_documentedRecipes_allAccepted() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(DOCUMENTED)) {
      files = all.sorted().toList();
    }
    List<Recipe> recipes = files.stream().map(each -> RecipeFile.read(each).recipe()).toList();
    assertThat(recipes)
        .extracting(Recipe::cascade)
        .containsExactly("photos", "digits", "my-scenes", "clothes");
    assertThat(recipes.get(0).drawing())
        .extracting(StageRecipe::name)
        .containsExactly("base", "sr128");
  }

  @Test
  void read_unknownKey_fileAndKeyNamed() throws IOException {
    Path file = write(Files.readString(DOCUMENTED.resolve("mnist.yaml")).replace("seed:", "sead:"));
    assertThatThrownBy(() -> RecipeFile.read(file))
        .isInstanceOf(RecipeException.class)
        .hasMessageStartingWith(file + ": sead: unknown (expected: one of [cascade, data,");
  }

  @Test
  void read_sameKeyTwice_refused() throws IOException {
    Path file = write("cascade: a\ncascade: b\n");
    assertThatThrownBy(() -> RecipeFile.read(file))
        .isInstanceOf(RecipeException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("cascade");
  }

  @Test
  void read_noYamlOrNoFile_refused() throws IOException {
    Path file = write("cascade: [");
    assertThatThrownBy(() -> RecipeFile.read(file))
        .message()
        .contains("(expected: YAML)")
        .doesNotContain("\n");
    Path empty = write("");
    assertThatThrownBy(() -> RecipeFile.read(empty)).isInstanceOf(RecipeException.class);
    assertThatThrownBy(() -> RecipeFile.read(folder.resolve("none.yaml")))
        .hasMessageContaining("none.yaml: missing (expected: a YAML file)");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yaml"), text);
  }
}
