package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.Vocabulary;
import dev.cascadefarm.diffusion.recipe.TextRecipe;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The words that an encoder is taught. */
record Words(List<String> words) {
  static Words of(CaptionedPictures pictures) {
    return new Words(
        pictures.count() == CaptionedPictures.ENDLESS
            ? CaptionGrammar.vocabulary()
            : Vocabulary.of(pictures));
  }

  /** Architecture of an encoder of these words. */
  TextEncoderConfig config(TextRecipe.Taught text) {
    return text.config(WordTokenizer.vocabularySize(words));
  }

  /** The tokenizer of these words, by way of a file in {@code folder}. */
  WordTokenizer tokenizer(Path folder, int length) throws IOException {
    Path file = folder.resolve(TorchStageLoader.TOKENIZER);
    AtomicFiles.write(file, WordTokenizer.file(words));
    return WordTokenizer.load(file, length);
  }
}
