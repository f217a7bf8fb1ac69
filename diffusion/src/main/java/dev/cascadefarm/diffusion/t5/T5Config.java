package dev.cascadefarm.diffusion.t5;

import static dev.cascadefarm.diffusion.check.Check.require;

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
    require(vocabSize >= 1, "vocab_size", vocabSize, ">= 1");
    require(dModel >= 1, "d_model", dModel, ">= 1");
    require(dKv >= 1, "d_kv", dKv, ">= 1");
    require(dFf >= 1, "d_ff", dFf, ">= 1");
    require(numLayers >= 1, "num_layers", numLayers, ">= 1");
    require(numHeads >= 1, "num_heads", numHeads, ">= 1");
    require(
        relativeAttentionNumBuckets >= 4 && relativeAttentionNumBuckets % 2 == 0,
        "relative_attention_num_buckets",
        relativeAttentionNumBuckets,
        "even, >= 4");
    require(
        relativeAttentionMaxDistance > relativeAttentionNumBuckets / 4,
        "relative_attention_max_distance",
        relativeAttentionMaxDistance,
        "> a quarter of the buckets");
    require(
        feedForwardProj.equals(RELU) || feedForwardProj.equals(GATED_GELU),
        "feed_forward_proj",
        feedForwardProj,
        RELU + " or " + GATED_GELU);
    require(
        layerNormEpsilon > 0 && layerNormEpsilon < 1,
        "layer_norm_epsilon",
        layerNormEpsilon,
        "> 0, < 1");
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
