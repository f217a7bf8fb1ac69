package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.Vocabulary;
import dev.cascadefarm.diffusion.recipe.Recipe;
import dev.cascadefarm.diffusion.recipe.TextRecipe;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.CaptionEncoder;
import dev.cascadefarm.diffusion.train.T5Captions;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.WordCaptions;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** How a recipe's captions are encoded. */
record Captions(Recipe recipe, CaptionedPictures pictures, RecipeBundles bundles) {
  /** The words of the captions. */
  List<String> words() {
    return pictures.count() == CaptionedPictures.ENDLESS
        ? CaptionGrammar.vocabulary()
        : Vocabulary.of(pictures);
  }

  /** Architecture of an encoder of these words. */
  TextEncoderConfig config(TextRecipe.Taught text) {
    return text.config(WordTokenizer.vocabularySize(words()));
  }

  /** The tokenizer of these words, by way of a file in {@code folder}. */
  WordTokenizer tokenizer(Path folder, TextEncoderConfig config) throws IOException {
    Path file = folder.resolve(TorchStageLoader.TOKENIZER);
    AtomicFiles.write(file, WordTokenizer.file(words()));
    return WordTokenizer.load(file, config.maxTextLen());
  }

  /** Width of an embedding. */
  int width() {
    return recipe.text() instanceof TextRecipe.T5 t5
        ? t5.name().width()
        : ((TextRecipe.Taught) recipe.text()).width();
  }

  /**
   * The encoder, ready for use.
   *
   * @throws TrainingException if it has to be taught first
   */
  CaptionEncoder encoder() throws IOException {
    if (recipe.text() instanceof TextRecipe.T5 t5) {
      T5Folder folder = T5Folder.open(t5.folder(), t5.name());
      return new T5Captions(T5TextEncoder.load(folder, t5.maxTextLen(), "cpu"), t5.maxTextLen());
    }
    Path bundle = bundles.folder(recipe.textStage().name());
    Path weights = bundle.resolve(TorchStageLoader.WEIGHTS);
    if (!Files.isRegularFile(weights)) {
      throw new TrainingException(
          weights + ": missing (expected: train " + recipe.textStage().name() + " first)");
    }
    return WordCaptions.load(
        config((TextRecipe.Taught) recipe.text()),
        SafeTensors.read(weights),
        bundle.resolve(TorchStageLoader.TOKENIZER));
  }

  /** Says how many captions are longer than what is read of them. */
  void remarkOn(CaptionEncoder encoder, Consumer<String> remarks) {
    String remark = encoder.cutCaptions(pictures);
    if (!remark.isEmpty()) {
      remarks.accept(remark);
    }
  }
}
