package dev.cascadefarm.diffusion.karlo;

import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;

/**
 * Architecture of a {@link TextProjection}.
 *
 * @param extraTokens tokens that a picture's embedding becomes
 * @param embedding width of embeddings, and of a caption's tokens
 * @param time width of the decoder's timestep embedding
 * @param tokens width of the decoder's tokens
 */
public record TextProjectionConfig(int extraTokens, int embedding, int time, int tokens) {
  /** The class in diffusers. */
  public static final String CLASS = "UnCLIPTextProjModel";

  /**
   * Reads a {@code config.json}.
   *
   * @param name of the file, for messages
   * @throws dev.cascadefarm.diffusion.diffusers.ConfigException naming the first key that is
   *     unknown or missing, or whose value cannot be followed
   */
  public static TextProjectionConfig parse(byte[] content, String name) {
    DiffusersConfig file = DiffusersConfig.parse(content, name).requireClass(CLASS);
    TextProjectionConfig config =
        new TextProjectionConfig(
            file.size("clip_extra_context_tokens", 4),
            file.size("clip_embeddings_dim", 768),
            required(file, "time_embed_dim"),
            required(file, "cross_attention_dim"));
    file.finish();
    return config;
  }

  private static int required(DiffusersConfig file, String key) {
    Integer size = file.sizeOrNull(key);
    if (size == null) {
      throw file.fault(key, "a whole number >= 1");
    }
    return size;
  }
}
