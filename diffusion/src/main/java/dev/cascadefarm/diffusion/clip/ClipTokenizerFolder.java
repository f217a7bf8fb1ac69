package dev.cascadefarm.diffusion.clip;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.text.SentencePieceFolder;
import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The files of a CLIP's tokenizer: {@code tokenizer.json}, or {@code vocab.json} with {@code
 * merges.txt}; {@code tokenizer_config.json} and {@code special_tokens_map.json} may be missing.
 *
 * @param folder where they are
 */
public record ClipTokenizerFolder(CheckpointFolder folder) {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String VOCABULARY = "vocab.json";
  private static final String MERGES = "merges.txt";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIAL = "special_tokens_map.json";
  private static final long MAX_BYTES = 1 << 26;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A tokenizer as a bundle keeps it.
   *
   * @param json the content of a {@code tokenizer.json}
   * @param padding number of the token behind a caption that is too short
   * @param maxLength tokens of a caption, the limit of the model if the files name none
   */
  public record Content(byte[] json, long padding, int maxLength) {}

  /**
   * Reads the files.
   *
   * @param model that the tokens are for
   * @throws ClipFilesException if files are missing, damaged or of another tokenizer
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if one lies outside of the folder
   */
  public Content read(ClipTextConfig model) {
    ConfigFile config = config();
    Optional<ConfigFile> map =
        folder
            .find(SPECIAL)
            .map(each -> ConfigFile.parse(bytes(SPECIAL), at(SPECIAL), ClipFilesException::new));
    ObjectNode file;
    ClipSpecialTokens special;
    if (folder.find(TOKENIZER).isPresent()) {
      file = object(TOKENIZER);
      special =
          ClipSpecialTokens.of(config, map, ClipSpecialTokens.byText(file.get("added_tokens")));
    } else {
      requireVocabulary();
      special = ClipSpecialTokens.of(config, map, ClipSpecialTokens.byText(null));
      String merges = new String(bytes(MERGES), StandardCharsets.UTF_8);
      file = ClipTokenizerFile.build(object(VOCABULARY), merges, at(MERGES), special);
    }
    ClipTokenizerFile.list(file, special);
    requireKnown(file, model);
    return new Content(
        ClipTokenizerFile.bytes(file),
        padding(file, special),
        maxLength(config, model.maxPositionEmbeddings()));
  }

  private void requireKnown(ObjectNode file, ClipTextConfig model) {
    JsonNode vocabulary = file.path("model").path("vocab");
    if (!vocabulary.isObject()) {
      throw new ClipFilesException(folder.path() + ": vocabulary (expected: a JSON object)");
    }
    vocabulary.properties().forEach(each -> requireKnown(each.getKey(), each.getValue(), model));
    for (JsonNode each : file.path("added_tokens")) {
      requireKnown(each.path("content").asText(), each.path("id"), model);
    }
  }

  private void requireKnown(String token, JsonNode id, ClipTextConfig model) {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() >= model.vocabSize()) {
      throw new ClipFilesException(
          "%s: token %s: %s (expected: 0 to below %d, the model's vocab_size)"
              .formatted(folder.path(), token, id, model.vocabSize()));
    }
  }

  private ConfigFile config() {
    byte[] content =
        folder.find(CONFIG).isPresent() ? bytes(CONFIG) : "{}".getBytes(StandardCharsets.UTF_8);
    ConfigFile config = ConfigFile.parse(content, at(CONFIG), ClipFilesException::new);
    String type = config.text("tokenizer_class", "CLIPTokenizer");
    if (!type.equals("CLIPTokenizer") && !type.equals("CLIPTokenizerFast")) {
      throw config.refused("tokenizer_class", type, "CLIPTokenizer");
    }
    config.same("padding_side", "right");
    config.same("truncation_side", "right");
    config.same("do_lower_case", "true");
    return config;
  }

  private void requireVocabulary() {
    boolean vocabulary = folder.find(VOCABULARY).isPresent();
    if (vocabulary && folder.find(MERGES).isPresent()) {
      return;
    }
    SentencePieceFolder.refuse(folder, ClipFilesException::new);
    throw new ClipFilesException(
        "%s: missing %s (expected: %s, or %s and %s)"
            .formatted(
                folder.path(), vocabulary ? MERGES : VOCABULARY, TOKENIZER, VOCABULARY, MERGES));
  }

  private static long padding(ObjectNode file, ClipSpecialTokens special) {
    for (JsonNode each : file.path("added_tokens")) {
      if (each.path("content").asText().equals(special.padding())) {
        return each.path("id").asLong();
      }
    }
    throw new ClipFilesException("special token: " + special.padding() + " (expected: listed)");
  }

  /** Files say a number without end where they mean that there is no limit. */
  private static int maxLength(ConfigFile config, int limit) {
    double length = config.number("model_max_length", limit);
    if (length < 2) {
      throw config.refused("model_max_length", length, "2 or more");
    }
    return (int) Math.min(length, limit);
  }

  private ObjectNode object(String name) {
    try {
      String text = new String(bytes(name), StandardCharsets.UTF_8);
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new ClipFilesException(
          at(name) + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
    throw new ClipFilesException(at(name) + ": (expected: a JSON object)");
  }

  private byte[] bytes(String name) {
    return folder.bytes(name, MAX_BYTES);
  }

  private String at(String name) {
    return folder.path().resolve(name).toString();
  }
}
