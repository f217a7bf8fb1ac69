package dev.cascadefarm.diffusion.clip;

/**
 * Architecture of a {@link ClipTextEncoder}, in the words of CLIP's own {@code config.json}.
 *
 * @param vocabSize rows of the embedding
 * @param hiddenSize width of an embedding
 * @param intermediateSize hidden width of the feed-forward layers
 * @param numHiddenLayers blocks
 * @param numAttentionHeads heads of every attention; divides {@code hiddenSize}
 * @param maxPositionEmbeddings most tokens of a caption
 * @param hiddenAct {@code quick_gelu} or {@code gelu}
 * @param layerNormEps keeps the norms from dividing by zero
 * @param eosTokenId the caption's embedding is that of this token where it stands first; with 2, as
 *     old files say by mistake, that of the largest id
 * @param projectionDim width that the caption's embedding is projected to; 0 if it is not
 */
public record ClipTextConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int maxPositionEmbeddings,
    String hiddenAct,
    double layerNormEps,
    int eosTokenId,
    int projectionDim)
    implements ClipConfig {
  private static final int LEGACY_EOS = 2;

  public ClipTextConfig {
    ClipConfig.atLeastOne("vocab_size", vocabSize);
    ClipConfig.require(
        "max_position_embeddings", maxPositionEmbeddings, maxPositionEmbeddings >= 2, ">= 2");
    ClipConfig.require("eos_token_id", eosTokenId, eosTokenId >= 0, ">= 0");
    ClipConfig.require("projection_dim", projectionDim, projectionDim >= 0, ">= 0");
    ClipConfig.requireSizes(hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads);
    ClipConfig.requireArithmetic(hiddenAct, layerNormEps);
  }

  /** Whether the end of a caption is its largest id. */
  boolean endsAtLargest() {
    return eosTokenId == LEGACY_EOS;
  }

  /** Width of a caption's embedding. */
  public int pooledWidth() {
    return projectionDim == 0 ? hiddenSize : projectionDim;
  }
}
