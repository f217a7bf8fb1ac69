package dev.cascadefarm.diffusion.text;

import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A folder whose tokenizer is a SentencePiece model only, which is not read here. */
public final class SentencePieceFolder {
  private static final Set<String> NAMES =
      Set.of("spiece.model", "tokenizer.model", "sentencepiece.bpe.model", "spm.model");

  private SentencePieceFolder() {}

  /**
   * Refuses a folder with such a model, saying how to convert it; does nothing otherwise.
   *
   * @param complaint makes an exception of a message
   */
  public static void refuse(
      CheckpointFolder folder, Function<String, ? extends RuntimeException> complaint) {
    List<String> models = folder.names().stream().filter(NAMES::contains).toList();
    if (!models.isEmpty()) {
      throw complaint.apply(
          String.join(
              System.lineSeparator(),
              "%s: only %s (expected: tokenizer.json)".formatted(folder.path(), models.get(0)),
              "Python with transformers, sentencepiece and protobuf writes it:",
              "  from transformers import AutoTokenizer",
              "  AutoTokenizer.from_pretrained(\"%1$s\", use_fast=True).save_pretrained(\"%1$s\")"
                  .formatted(folder.path())));
    }
  }
}
