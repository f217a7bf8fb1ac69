package dev.cascadefarm.diffusion.clip;

/** What both halves of CLIP have: a transformer, and maybe a projection. */
sealed interface ClipConfig permits ClipTextConfig, ClipVisionConfig {
  /** The GELU by its approximation with a sigmoid. */
  String QUICK_GELU = "quick_gelu";

  /** The exact GELU. */
  String GELU = "gelu";

  int hiddenSize();

  int intermediateSize();

  int numHiddenLayers();

  int numAttentionHeads();

  String hiddenAct();

  double layerNormEps();

  /** Checks what both have. */
  static void check(ClipConfig config) {
    atLeastOne("hidden_size", config.hiddenSize());
    atLeastOne("intermediate_size", config.intermediateSize());
    atLeastOne("num_hidden_layers", config.numHiddenLayers());
    atLeastOne("num_attention_heads", config.numAttentionHeads());
    require(
        "num_attention_heads",
        config.numAttentionHeads(),
        config.hiddenSize() % config.numAttentionHeads() == 0,
        "a divisor of hidden_size, " + config.hiddenSize());
    require(
        "hidden_act",
        config.hiddenAct(),
        config.hiddenAct().equals(QUICK_GELU) || config.hiddenAct().equals(GELU),
        QUICK_GELU + " or " + GELU);
    double epsilon = config.layerNormEps();
    require("layer_norm_eps", epsilon, epsilon > 0 && epsilon < 1, "> 0, < 1");
  }

  /** Refuses a number below 1. */
  static void atLeastOne(String key, int value) {
    require(key, value, value >= 1, ">= 1");
  }

  /** Refuses a value by its key. */
  static void require(String key, Object value, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
  }
}
