package dev.cascadefarm.diffusion.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.train.UnclipRecipe;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnclipPlanTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();
  private static final String RECIPE =
      """
      {cascade: 'mine', data: {kind: 'scenes'},
       unclip: {
         side: 64,
         clip: {optimizer: {steps: 10}},
         prior: {optimizer: {steps: 20}},
         decoder: {batch: 7, optimizer: {steps: 30}},
         sr: {optimizer: {steps: 60}}}}
      """;

  @Test
  void read_nothingButSteps_theSizesOfTheShippedCascade() throws JsonProcessingException {
    Recipe recipe = read(RECIPE);
    assertThat(recipe.stages()).isEmpty();
    assertThat(recipe.leastSide()).isEqualTo(64);
    List<UnclipRecipe> models = recipe.unclip().recipes("mine", 50, 3);
    assertThat(models)
        .extracting(UnclipRecipe::model)
        .containsExactly("clip", "prior", "decoder", "sr64");
    assertThat(models).extracting(each -> each.optimizer().steps()).containsExactly(10, 20, 30, 60);
    assertThat(models).extracting(UnclipRecipe::batch).containsExactly(128, 128, 7, 16);
    assertThat(models.get(0).clip().patch()).isEqualTo(8);
    assertThat(models.get(3).frame().lowresSide()).isEqualTo(16);
    assertThat(models.get(3).frame().cropBatches()).isEqualTo(54);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          side: 64              | side: 40               | unclip.side: 40 (expected: a multiple of 32
          side: 64              | side: 16               | unclip.side: 16 (expected: a whole number, 32 to 64)
          side: 64              | 'side: 64, patch: 7'   | unclip.
          'batch: 7'            | 'batch: 0'             | unclip.decoder.batch: 0
          'batch: 7'            | 'dim: 10'              | dim: 10 (expected: even, a multiple of 8 groups
          'batch: 7'            | 'ratios: []'           | unclip.decoder.ratios: [] (expected: a list
          'batch: 7'            | 'ratios: [1,1,1,1,1,1]' | ratios: [1, 1, 1, 1, 1, 1] (expected: at most five)
          'batch: 7'            | 'size: 7'              | unclip.decoder.size: unknown
          'prior: {'            | 'prior: {heads: 5, '   | transformer: 96 wide
          'prior: {'            | 'later: {'             | unclip.prior: missing
          'steps: 20'           | 'rate: 20'             | unclip.prior.optimizer.steps: missing
          'cascade: ''mine'''   | 'cascade: ''mine'', stages: []' | stages: unknown
          """)
  void read_whatCannotBe_refusedByName(String sound, String wrong, String message) {
    String recipe = RECIPE.replace(sound, wrong);
    assertThat(recipe).isNotEqualTo(RECIPE);
    assertThatThrownBy(() -> read(recipe))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(message);
  }

  private static Recipe read(String recipe) throws JsonProcessingException {
    return Recipe.read("recipe", JSON.readTree(recipe), Path.of("."));
  }
}
