package dev.cascadefarm.diffusion.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.train.OptimizerConfig;
import dev.cascadefarm.diffusion.train.OptimizerConfig.Kind;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {
  private static final Path BASE = Path.of("/recipes");
  private static final String SMALLEST =
      """
      {"cascade": "birds",
       "data": {"kind": "folder", "path": "birds"},
       "stages": [
         {"name": "text", "text": {}, "optimizer": {"steps": 10}},
         {"name": "base", "side": 16, "unet": {"dim": 8}, "optimizer": {"steps": 20}}]}
      """;

  @Test
  void read_smallest_documentedDefaults() {
    Recipe recipe = read(SMALLEST);
    assertThat(recipe.cascade()).isEqualTo("birds");
    assertThat(recipe.seed()).isEqualTo(1);
    assertThat(recipe.data()).isEqualTo(new DataRecipe.Folder(Path.of("/recipes/birds"), false));
    assertThat(recipe.text()).isEqualTo(new TextRecipe.Taught(32, 128, 3, 4, 1));
    assertThat(recipe.leastSide()).isEqualTo(16);
    StageRecipe base = recipe.drawing().get(0);
    assertThat(base.optimizer())
        .isEqualTo(new OptimizerConfig(1e-3, 0, 20, 0.02, 0.9, 0.99, 0.01, 1, 0.998, Kind.ADAMW));
    assertThat(base.batch()).isEqualTo(32);
    assertThat(base.plan().accumulate()).isEqualTo(1);
    assertThat(base.plan().checkpointEvery()).isEqualTo(Duration.ofMinutes(2));
    UnetRecipe unet = Objects.requireNonNull(base.unet());
    assertThat(unet.frame()).isEqualTo(new Frame(16, 0, 16, Integer.MAX_VALUE));
    assertThat(unet.training().objective()).isEqualTo(Objective.V);
    UnetConfig config = unet.unet(128, 32);
    assertThat(config)
        .isEqualTo(UnetConfig.builder().dim(8).textEmbedDim(128).maxTextLen(32).build());
  }

  @Test
  void read_everything_taken() {
    Recipe recipe =
        read(
            """
            {"cascade": "digits", "description": "Digits", "seed": 7,
             "data": {"kind": "idx", "images": "a", "labels": "/b", "names": "mnist", "border": 2,
                      "templates": ["a {label}"], "validation": 0.1},
             "stages": [
               {"name": "text", "text": {"t5": "t5_small", "folder": "t5", "max_text_len": 12}},
               {"name": "base", "side": 16, "unet": {"preset": "BaseTest", "dim": 16},
                "training": {"objective": "noise", "schedule": "linear", "timesteps": 100,
                             "loss": "huber", "min_snr_gamma": 5, "caption_drop": 0.2},
                "optimizer": {"kind": "adam", "steps": 5, "schedule": "constant",
                              "ema_decay": 0}},
               {"name": "sr32", "side": 32, "crop": 16, "crop_steps": 4, "unet": {"preset": "SuperTest"},
                "sampling": {"steps": 9, "guidance": 2, "aug": 0.2},
                "batch": 4, "micro_batch": 2, "accumulate": 3, "validate_every": 10,
                "validation_batches": 2, "checkpoint_seconds": 5, "install": "best",
                "training": {"augmentation": "batch", "max_augmentation": 1},
                "optimizer": {"steps": 6, "warmup_steps": 2, "floor": 0.5}}]}
            """);
    assertThat(recipe.text())
        .isInstanceOfSatisfying(
            TextRecipe.T5.class, t5 -> assertThat(t5.folder()).isEqualTo(Path.of("/recipes/t5")));
    assertThat(recipe.textStage().taught()).isFalse();
    assertThat(((DataRecipe.Idx) recipe.data()).files().labels()).isEqualTo(Path.of("/b"));
    StageRecipe base = recipe.drawing().get(0);
    assertThat(base.optimizer().floor()).isEqualTo(1);
    assertThat(base.optimizer().kind()).isEqualTo(Kind.ADAM);
    UnetConfig small = Objects.requireNonNull(base.unet()).unet(512, 12);
    assertThat(List.of(small.dim(), small.condDim(), small.textEmbedDim()))
        .containsExactly(16, 16, 512);
    assertThat(small.layerAttns()).containsOnly(false);
    StageRecipe enlarger = recipe.drawing().get(1);
    UnetRecipe unet = Objects.requireNonNull(enlarger.unet());
    assertThat(unet.frame()).isEqualTo(new Frame(32, 16, 16, 12));
    assertThat(unet.unet(512, 12).lowresCond()).isTrue();
    assertThat(unet.sampling()).isEqualTo(new UnetRecipe.Sampling(9, 2, 0.2));
    assertThat(enlarger.keepsBest()).isTrue();
    assertThat(enlarger.plan().validateEvery()).isEqualTo(10);
    assertThat(recipe.leastSide()).isEqualTo(32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/colour | 1 | r: colour: unknown (expected: one of [cascade, data,",
        "/cascade | `\"A b\"` | r: cascade: A b (expected: 1 to 48",
        "/data/kind | `\"zip\"` | r: data.kind: zip (expected: folder, idx, scenes)",
        "/data/images | `\"x\"` | r: data.images: unknown (expected: one of [kind, path,",
        "/data/path | 5 | r: data.path: 5 (expected: text)",
        "/data/validation | 1 | r: data.validation: 1 (expected: 0.0 to 0.9)",
        "/stages | [] | r: stages: [] (expected: a list, not empty)",
        "/stages/0/text | `{\"depth\": 2}` | r: stages[0].text.depth: unknown",
        "/stages/0/text | `{\"heads\": 5}` | r: stages[0].text.text encoder: 1 tokens",
        "/stages/0/text | `{\"t5\": \"t6\"}` | r: stages[0].text.T5: t6 (expected: t5_small,",
        "/stages/0/text | `{\"bundle\": \"a\"}` | r: stages[0].text.bundle: a (expected:"
            + " NAME@VERSION)",
        "/stages/1/name | `\"text\"` | r: stages[1].name: text (expected: another name",
        "/stages/1/side | 15 | r: stages[1].side: 15 (expected: a multiple of 4",
        "/stages/1/side | null | r: stages[1].side: missing (expected: a whole number",
        "/stages/1/crop | 32 | r: stages[1].crop: 32 (expected: 1 to the side)",
        "/stages/1/crop | 6 | r: stages[1].crop: 6 (expected: a multiple of 4",
        "/stages/1/batch | 0 | r: stages[1].batch: 0 (expected: a whole number, 1 to 65536)",
        "/stages/1/batch | 1.5 | r: stages[1].batch: 1.5 (expected: a whole number",
        "/stages/1/unet | `{\"dim\": 12}` | r: stages[1].unet.dim: 12 (expected: a positive multiple",
        "/stages/1/unet | `{\"dims\": 8}` | r: stages[1].unet.dims: unknown (expected: preset or an",
        "/stages/1/unet | `{\"preset\": \"Huge\"}` | r: stages[1].unet.preset: Huge (expected: Base,",
        "/stages/1/unet | `{\"text_embed_dim\": 8}` | r: stages[1].unet.text_embed_dim: 8 (",
        "/stages/1/training | `{\"timesteps\": 20}` | r: stages[1].training.timesteps: 20 (",
        "/stages/1/training | `{\"objective\": \"y\"}` | objective: y (expected: noise, v,"
            + " x_start)",
        "/stages/1/training | `{\"gamma\": 1}` | r: stages[1].training.gamma: unknown",
        "/stages/1/optimizer/lr | 1 | r: stages[1].optimizer.lr: unknown (expected: one of [beta1",
        "/stages/1/optimizer/beta1 | 1 | r: stages[1].optimizer.beta1: 1.0 (",
        "/stages/1/optimizer/steps | null | r: stages[1].optimizer.steps: missing",
        "/stages/1/install | `\"best\"` | r: stages[1].install: best (expected: last, where",
        "/stages/1/validate_every | 5 | r: data.validation: 0 (expected: above 0, where",
      })
  void read_oneBadKey_refusedByItsPath(String pointer, String value, String message)
      throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode tree = (ObjectNode) json.readTree(SMALLEST);
    int last = pointer.lastIndexOf('/');
    ((ObjectNode) tree.at(pointer.substring(0, last)))
        .set(pointer.substring(last + 1), json.readTree(value));
    assertThatThrownBy(() -> Recipe.read("r", tree, BASE))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void read_stagesOfTheWrongKind_refused() throws JsonProcessingException {
    ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(SMALLEST);
    ArrayNode stages = (ArrayNode) tree.get("stages");
    var text = stages.remove(0);
    assertThatThrownBy(() -> Recipe.read("r", tree, BASE))
        .hasMessage("r: stages[0].text: missing (expected: text in the first stage only)");
    stages.removeAll().add(text);
    assertThatThrownBy(() -> Recipe.read("r", tree, BASE))
        .hasMessageStartingWith("r: stages: 1 (expected: a text stage and at least one");
    assertThatThrownBy(() -> Recipe.read("r", new ObjectMapper().readTree("[]"), BASE))
        .hasMessage("r: [] (expected: keys and values)");
  }

  private static Recipe read(String json) {
    try {
      return Recipe.read("r", new ObjectMapper().readTree(json), BASE);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
