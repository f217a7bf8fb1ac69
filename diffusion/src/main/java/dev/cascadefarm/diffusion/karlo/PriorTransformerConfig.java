package dev.cascadefarm.diffusion.karlo;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import org.jspecify.annotations.Nullable;

/**
 * Architecture of a {@link PriorTransformer}.
 *
 * @param heads of every attention
 * @param headWidth of each
 * @param layers of the transformer
 * @param embedding width of a picture's noisy embedding and of a caption's tokens
 * @param tokens of a caption
 * @param projection width of a caption's embedding
 * @param out width of the prediction
 * @param timeWidth hidden width of the timestep's embedding
 * @param timeActivation between its two layers
 * @param normsProjection whether the caption's embedding is normalised first
 * @param normsInput whether all tokens are, before the first layer
 * @param asks whether a learned last token asks for the prediction; otherwise the noisy embedding
 *     does
 */
public record PriorTransformerConfig(
    int heads,
    int headWidth,
    int layers,
    int embedding,
    int tokens,
    int projection,
    int out,
    int timeWidth,
    Activation timeActivation,
    boolean normsProjection,
    boolean normsInput,
    boolean asks) {
  /** The class in diffusers. */
  public static final String CLASS = "PriorTransformer";

  private static final int MOST_LAYERS = 64;

  /** Tokens behind the caption's: its embedding, the timestep, the noisy embedding. */
  private static final int OTHERS = 3;

  /** Width of all heads together. */
  int width() {
    return Math.multiplyExact(heads, headWidth);
  }

  /** Tokens in all. */
  int length() {
    return tokens + OTHERS + (asks ? 1 : 0);
  }

  /**
   * Reads a {@code config.json}.
   *
   * @param name of the file, for messages
   * @throws dev.cascadefarm.diffusion.diffusers.ConfigException naming the first key that is
   *     unknown, or whose value cannot be followed
   */
  public static PriorTransformerConfig parse(byte[] content, String name) {
    DiffusersConfig file = DiffusersConfig.parse(content, name).requireClass(CLASS);
    int heads = file.size("num_attention_heads", 32);
    int headWidth = file.size("attention_head_dim", 64);
    int embedding = file.size("embedding_dim", 768);
    int layers = file.size("num_layers", 20);
    file.require(layers <= MOST_LAYERS, "num_layers", "<= " + MOST_LAYERS);
    file.require(
        "linear".equals(file.textOrNull("encoder_hid_proj_type", "linear")),
        "encoder_hid_proj_type",
        "linear");
    boolean asks = chosen(file, "added_emb_type", file.textOrNull("added_emb_type", "prd"), "prd");
    int others = OTHERS + (asks ? 1 : 0);
    file.require(
        file.size("additional_embeddings", 4) == others, "additional_embeddings", "" + others);
    PriorTransformerConfig config =
        new PriorTransformerConfig(
            heads,
            headWidth,
            layers,
            embedding,
            file.size("num_embeddings", 77),
            or(file.sizeOrNull("embedding_proj_dim"), embedding),
            or(file.sizeOrNull("clip_embed_dim"), embedding),
            or(file.sizeOrNull("time_embed_dim"), Math.multiplyExact(heads, headWidth)),
            Activation.of(file, "time_embed_act_fn"),
            isLayer(file, "embedding_proj_norm_type"),
            isLayer(file, "norm_in_type"),
            asks);
    file.ignore("dropout");
    file.finish();
    return config;
  }

  private static int or(@Nullable Integer said, int otherwise) {
    return said == null ? otherwise : said;
  }

  private static boolean isLayer(DiffusersConfig file, String key) {
    return chosen(file, key, file.textOrNull(key), "layer");
  }

  /** Whether a key says the one word that it may say, or null. */
  private static boolean chosen(
      DiffusersConfig file, String key, @Nullable String said, String word) {
    file.require(said == null || said.equals(word), key, word + " or null");
    return said != null;
  }
}
