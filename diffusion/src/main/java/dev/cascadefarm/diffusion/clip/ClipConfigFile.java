package dev.cascadefarm.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.json.ConfigFile;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads CLIP's {@code config.json}. A key that is unknown, or says what our models cannot follow,
 * is refused by its name.
 */
final class ClipConfigFile {
  private static final String TEXT = "CLIPTextModel";
  private static final String PROJECTED_TEXT = "CLIPTextModelWithProjection";
  private static final String PROJECTED_VISION = "CLIPVisionModelWithProjection";

  /** Says how a model was trained or how it is used elsewhere, not what it computes. */
  private static final Set<String> BOOKKEEPING =
      Set.of(
          "_name_or_path",
          "attention_dropout",
          "bad_words_ids",
          "begin_suppress_tokens",
          "bos_token_id",
          "chunk_size_feed_forward",
          "cross_attention_hidden_size",
          "decoder_start_token_id",
          "diversity_penalty",
          "do_sample",
          "dropout",
          "dtype",
          "early_stopping",
          "encoder_no_repeat_ngram_size",
          "exponential_decay_length_penalty",
          "finetuning_task",
          "forced_bos_token_id",
          "forced_eos_token_id",
          "id2label",
          "initializer_factor",
          "initializer_range",
          "is_encoder_decoder",
          "label2id",
          "length_penalty",
          "max_length",
          "min_length",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_return_sequences",
          "output_attentions",
          "output_hidden_states",
          "output_scores",
          "pad_token_id",
          "prefix",
          "problem_type",
          "remove_invalid_values",
          "repetition_penalty",
          "return_dict",
          "return_dict_in_generate",
          "sep_token_id",
          "suppress_tokens",
          "task_specific_params",
          "temperature",
          "tf_legacy_loss",
          "tie_encoder_decoder",
          "tie_word_embeddings",
          "tokenizer_class",
          "top_k",
          "top_p",
          "torch_dtype",
          "torchscript",
          "transformers_version",
          "typical_p",
          "use_bfloat16",
          "use_cache");

  private ClipConfigFile() {}

  /**
   * Reads a text model's file.
   *
   * @param name of the file, for messages
   * @throws ClipFilesException if it is not one's, or of a kind that we do not know
   */
  static ClipTextConfig text(byte[] content, String name) {
    return read(content, name, ClipConfigFile::text);
  }

  /**
   * Reads a vision model's file.
   *
   * @param name of the file, for messages
   * @throws ClipFilesException if it is not one's, or of a kind that we do not know
   */
  static ClipVisionConfig vision(byte[] content, String name) {
    return read(content, name, ClipConfigFile::vision);
  }

  private static <T> T read(byte[] content, String name, Function<ConfigFile, T> model) {
    ConfigFile file = ConfigFile.parse(content, name, ClipFilesException::new);
    try {
      T config = model.apply(file);
      file.ignore(BOOKKEEPING);
      file.same("is_decoder", "false");
      file.same("add_cross_attention", "false");
      file.empty("pruned_heads");
      file.requireNoOthers();
      return config;
    } catch (IllegalArgumentException e) {
      throw new ClipFilesException(name + ": " + e.getMessage(), e);
    }
  }

  private static ClipTextConfig text(ConfigFile file) {
    file.same("model_type", "clip_text_model");
    String model = architecture(file, List.of(TEXT, PROJECTED_TEXT));
    int projection = file.integer("projection_dim", 512);
    return new ClipTextConfig(
        file.integer("vocab_size", 49408),
        file.integer("hidden_size", 512),
        file.integer("intermediate_size", 2048),
        file.integer("num_hidden_layers", 12),
        file.integer("num_attention_heads", 8),
        file.integer("max_position_embeddings", 77),
        file.text("hidden_act", ClipConfig.QUICK_GELU),
        file.number("layer_norm_eps", 1e-5),
        file.integer("eos_token_id", 49407),
        model.equals(TEXT) ? 0 : projection);
  }

  private static ClipVisionConfig vision(ConfigFile file) {
    file.same("model_type", "clip_vision_model");
    architecture(file, List.of(PROJECTED_VISION));
    return new ClipVisionConfig(
        file.integer("hidden_size", 768),
        file.integer("intermediate_size", 3072),
        file.integer("num_hidden_layers", 12),
        file.integer("num_attention_heads", 12),
        file.integer("num_channels", 3),
        file.integer("image_size", 224),
        file.integer("patch_size", 32),
        file.text("hidden_act", ClipConfig.QUICK_GELU),
        file.number("layer_norm_eps", 1e-5),
        file.integer("projection_dim", 512));
  }

  /** Only this says whether a text model projects: all files have a {@code projection_dim}. */
  private static String architecture(ConfigFile file, List<String> known) {
    JsonNode value = file.value("architectures");
    List<String> architectures = file.texts("architectures");
    if (architectures.size() != 1 || !known.contains(architectures.get(0))) {
      throw file.refused(
          "architectures", value == null ? "missing" : value, "one of " + String.join(", ", known));
    }
    return architectures.get(0);
  }
}
