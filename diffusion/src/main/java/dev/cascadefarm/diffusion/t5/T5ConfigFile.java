package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.json.ConfigFile;

/**
 * Reads T5's {@code config.json}. Keys that do not concern the encoder are ignored; a value that
 * this encoder cannot follow is refused by its name.
 */
final class T5ConfigFile {
  private T5ConfigFile() {}

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for messages
   * @throws T5FilesException if it is not a T5's, or of another kind of T5
   */
  static T5Config parse(byte[] content, String name) {
    ConfigFile file = ConfigFile.parse(content, name, T5FilesException::new);
    file.same("model_type", "t5");
    T5Config config;
    try {
      config = config(file);
    } catch (IllegalArgumentException e) {
      throw new T5FilesException(name + ": " + e.getMessage(), e);
    }
    file.same("dense_act_fn", config.gated() ? "gelu_new" : "relu");
    file.same("is_gated_act", Boolean.toString(config.gated()));
    file.same("eos_token_id", "1");
    return config;
  }

  private static T5Config config(ConfigFile file) {
    return new T5Config(
        file.integer("vocab_size"),
        file.integer("d_model"),
        file.integer("d_kv"),
        file.integer("d_ff"),
        file.integer("num_layers"),
        file.integer("num_heads"),
        file.integer("relative_attention_num_buckets", 32),
        file.integer("relative_attention_max_distance", 128),
        file.text("feed_forward_proj", T5Config.RELU),
        file.number("layer_norm_epsilon", 1e-6));
  }
}
