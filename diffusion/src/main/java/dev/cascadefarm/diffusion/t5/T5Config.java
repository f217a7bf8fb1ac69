package dev.cascadefarm.diffusion.t5;

/**
 * Architecture of a {@link T5Encoder}, in the words of T5's own {@code config.json}.
 *
 * @param vocabSize rows of the embedding
 * @param dModel width of an embedding
 * @param dKv width of one head
 * @param dFf hidden width of the feed-forward layer
 * @param numLayers blocks
 * @param numHeads heads of every attention; {@code numHeads * dKv} need not be {@code dModel}
 * @param relativeAttentionNumBuckets groups of distances with one bias each; even
 * @param relativeAttentionMaxDistance from where on all distances share the last group, in tokens
 * @param feedForwardProj {@code relu} (version 1.0) or {@code gated-gelu} (version 1.1)
 * @param layerNormEpsilon keeps the norms from dividing by zero
 */
public record T5Config(
    int vocabSize,
    int dModel,
    int dKv,
    int dFf,
    int numLayers,
    int numHeads,
    int relativeAttentionNumBuckets,
    int relativeAttentionMaxDistance,
    String feedForwardProj,
    double layerNormEpsilon) {
  static final String RELU = "relu";
  static final String GATED_GELU = "gated-gelu";

  public T5Config {
    require("vocab_size", vocabSize, vocabSize >= 1, ">= 1");
    require("d_model", dModel, dModel >= 1, ">= 1");
    require("d_kv", dKv, dKv >= 1, ">= 1");
    require("d_ff", dFf, dFf >= 1, ">= 1");
    require("num_layers", numLayers, numLayers >= 1, ">= 1");
    require("num_heads", numHeads, numHeads >= 1, ">= 1");
    require(
        "relative_attention_num_buckets",
        relativeAttentionNumBuckets,
        relativeAttentionNumBuckets >= 4 && relativeAttentionNumBuckets % 2 == 0,
        "even, >= 4");
    require(
        "relative_attention_max_distance",
        relativeAttentionMaxDistance,
        relativeAttentionMaxDistance > relativeAttentionNumBuckets / 4,
        "> a quarter of the buckets");
    require(
        "feed_forward_proj",
        feedForwardProj,
        feedForwardProj.equals(RELU) || feedForwardProj.equals(GATED_GELU),
        RELU + " or " + GATED_GELU);
    require(
        "layer_norm_epsilon",
        layerNormEpsilon,
        layerNormEpsilon > 0 && layerNormEpsilon < 1,
        "> 0, < 1");
  }

  private static void require(String key, Object value, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** Width of all heads together. */
  long innerWidth() {
    return Math.multiplyExact((long) numHeads, dKv);
  }

  /** Whether the feed-forward layer has a gate: version 1.1. */
  boolean gated() {
    return feedForwardProj.equals(GATED_GELU);
  }
}
