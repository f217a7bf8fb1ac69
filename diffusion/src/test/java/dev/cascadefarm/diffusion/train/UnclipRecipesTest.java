package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.UnclipRecipe.Network;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderPredictor;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.PriorPredictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipRecipesTest {
  /** Of a cascade's weights as fp16. */
  private static final long MOST_BYTES = 8_000_000;

  @TempDir Path folder;

  @Test
  void scenes_allModels_smallEnoughToShip() {
    long numbers = 0;
    for (UnclipRecipe each : UnclipRecipes.of("scenes-unclip")) {
      numbers += numbers(graph(each));
    }
    assertThat(2 * numbers).isBetween(MOST_BYTES / 2, MOST_BYTES);
  }

  private static Graph graph(UnclipRecipe recipe) {
    if (recipe.network() instanceof Network.Prior prior) {
      return graph(new PriorPredictor(new DiffusionPrior(prior.config())));
    }
    if (recipe.network() instanceof Network.Drawer drawer) {
      return graph(new DecoderPredictor(new Decoder(drawer.config()), recipe.frame().side()));
    }
    return recipe.network() instanceof Network.Enlarger enlarger
        ? new UnetLoss(new Unet(enlarger.config()), LossKind.L2).graph()
        : new Clip(recipe.clip()).trainingGraph();
  }

  private static Graph graph(Predictor predictor) {
    return new DenoisingLoss(predictor, LossKind.L2).graph();
  }

  private static long numbers(Graph graph) {
    return graph.parameters().stream().filter(Parameter::stored).mapToLong(Parameter::size).sum();
  }

  @Test
  void tiny_oneAfterTheOther_eachTakesAStep() throws IOException {
    DataSplit data = new DataSplit(TinyUnclip.scenes(), null);
    var recipes = UnclipRecipes.of("tiny-unclip");
    assertThat(recipes)
        .extracting(UnclipRecipe::model)
        .containsExactly("clip", "prior", "decoder", "sr64");
    Path words = TinyUnclip.tokenizer(folder);
    Map<String, HostTensor> clip;
    try (WordTokenizer tokenizer = WordTokenizer.load(words, recipes.get(0).clip().maxTextLen())) {
      clip = step(recipes.get(0).clipTask(data, tokenizer)).weights();
    }
    try (ClipEncoder encoder = ClipEncoder.load(recipes.get(0).clip(), clip, words)) {
      for (UnclipRecipe each : recipes.subList(1, 4)) {
        assertThat(step(each.task(data, encoder)).steps()).as(each.model()).isEqualTo(1);
      }
    }
  }

  private Outcome step(TrainingTask task) {
    OptimizerConfig optimizer = new OptimizerConfig(1e-3, 0, 1, 1, 0.9, 0.99, 0, 1, 0);
    return new Trainer(task, optimizer, folder.resolve(task.graph().name()), 1)
        .run(false, () -> false, (report, weights) -> {});
  }

  @Test
  void of_unknownCascade_refused() {
    assertThatThrownBy(() -> UnclipRecipes.of("scenes"))
        .hasMessage("cascade: scenes (expected: scenes-unclip or tiny-unclip)");
  }
}
