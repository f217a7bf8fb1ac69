package dev.cascadefarm.diffusion.clip;

/**
 * A CLIP's text model as a stage runs it.
 *
 * @param clip architecture
 * @param maxTextLen tokens of every caption, start, end and padding included
 * @param padTokenId number of the token behind a caption that is too short
 */
public record ClipTextStageConfig(ClipTextConfig clip, int maxTextLen, long padTokenId) {
  public ClipTextStageConfig {
    ClipConfig.require(
        "max_text_len",
        maxTextLen,
        maxTextLen >= 2 && maxTextLen <= clip.maxPositionEmbeddings(),
        "2 to max_position_embeddings, " + clip.maxPositionEmbeddings());
    ClipConfig.require(
        "pad_token_id",
        padTokenId,
        padTokenId >= 0 && padTokenId < clip.vocabSize(),
        "0 to vocab_size, " + clip.vocabSize());
  }

  /**
   * Checks that captions end as the model was told.
   *
   * @throws ClipFilesException if it would not find the end
   */
  public void requireEnd(ClipTokenizer tokenizer) {
    if (!clip.endsAtLargest() && tokenizer.end() != clip.eosTokenId()) {
      throw new ClipFilesException(
          "eos_token_id: %d (expected: %d, the tokenizer's end token)"
              .formatted(clip.eosTokenId(), tokenizer.end()));
    }
  }
}
