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

  /** Checks the sizes that both have. */
  static void requireSizes(int hidden, int intermediate, int layers, int heads) {
    atLeastOne("hidden_size", hidden);
    atLeastOne("intermediate_size", intermediate);
    atLeastOne("num_hidden_layers", layers);
    atLeastOne("num_attention_heads", heads);
    require(
        "num_attention_heads", heads, hidden % heads == 0, "a divisor of hidden_size, " + hidden);
  }

  /** Checks the arithmetic that both have. */
  static void requireArithmetic(String activation, double epsilon) {
    boolean known = activation.equals(QUICK_GELU) || activation.equals(GELU);
    require("hidden_act", activation, known, QUICK_GELU + " or " + GELU);
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
