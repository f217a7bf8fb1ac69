package dev.cascadefarm.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.json.ConfigFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of CLIP that stand for no letters: start and end of a caption, what is unknown, and
 * padding. Small files beside the vocabulary name them, several ways at once; this follows
 * transformers in who wins. Immutable.
 */
final class ClipSpecialTokens {
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  /**
   * In the order in which transformers registers them: of two that are the same, the later wins.
   */
  private static final Map<String, String> DEFAULTS = defaults();

  private final Map<String, ObjectNode> tokens;

  private ClipSpecialTokens(Map<String, ObjectNode> tokens) {
    this.tokens = tokens;
  }

  private static Map<String, String> defaults() {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("bos_token", START);
    defaults.put("eos_token", END);
    defaults.put("unk_token", END);
    defaults.put("pad_token", END);
    return defaults;
  }

  /**
   * Finds the tokens.
   *
   * @param config {@code tokenizer_config.json}
   * @param map {@code special_tokens_map.json}; counts unless the configuration lists its tokens
   * @param added the tokens that a {@code tokenizer.json} lists, by their text
   */
  static ClipSpecialTokens of(
      ConfigFile config, Optional<ConfigFile> map, Map<String, ObjectNode> added) {
    JsonNode listed = config.value("added_tokens_decoder");
    Map<String, ObjectNode> known = listed == null ? added : byText(listed);
    Map<String, ObjectNode> tokens = new LinkedHashMap<>();
    DEFAULTS.forEach(
        (role, text) -> {
          JsonNode given = listed == null ? map.map(each -> each.value(role)).orElse(null) : null;
          JsonNode token = given == null ? config.value(role) : given;
          tokens.put(role, token(config, role, token == null ? text(text) : token, known));
        });
    return new ClipSpecialTokens(tokens);
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  /** Tokens in a list or an object, by their text. */
  static Map<String, ObjectNode> byText(@Nullable JsonNode tokens) {
    Map<String, ObjectNode> known = new LinkedHashMap<>();
    if (tokens != null) {
      for (JsonNode each : tokens) {
        if (each instanceof ObjectNode token) {
          known.put(token.path("content").asText(), token);
        }
      }
    }
    return known;
  }

  private static ObjectNode token(
      ConfigFile config, String role, JsonNode token, Map<String, ObjectNode> known) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    if (!text.isTextual() || text.textValue().isEmpty()) {
      throw config.refused(role, token, "a token");
    }
    JsonNode flags = known.getOrDefault(text.textValue(), JsonNodeFactory.instance.objectNode());
    JsonNode source = flags.isEmpty() ? token : flags;
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("content", text.textValue());
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      result.put(flag, source.path(flag).asBoolean(false));
    }
    return result.put("special", true);
  }

  String start() {
    return text("bos_token", tokens);
  }

  String end() {
    return text("eos_token", tokens);
  }

  String unknown() {
    return text("unk_token", tokens);
  }

  String padding() {
    return text("pad_token", tokens);
  }

  private static String text(String role, Map<String, ObjectNode> tokens) {
    ObjectNode token = tokens.get(role);
    return token == null ? END : token.path("content").textValue();
  }

  /** Each of them once, by its text, as a {@code tokenizer.json} lists it but for its number. */
  Map<String, ObjectNode> all() {
    Map<String, ObjectNode> all = new LinkedHashMap<>();
    tokens.values().forEach(each -> all.put(each.path("content").textValue(), each));
    return all;
  }
}
