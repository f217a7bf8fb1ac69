package dev.cascadefarm.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The content of a {@code tokenizer.json} that works as CLIP's tokenizer does: byte pairs within
 * words, whose last letters are other symbols.
 */
final class ClipTokenizerFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String END_OF_WORD = "</w>";
  private static final String VERSION = "#version";

  /** A word, a digit, or signs in a row; English endings apart. */
  private static final String WORDS =
      "%s|%s|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private ClipTokenizerFile() {}

  /**
   * Builds the content from a vocabulary and merges.
   *
   * @param vocabulary number of each symbol
   * @param merges the content of {@code merges.txt}
   * @param name of that file, for messages
   */
  static ObjectNode build(
      ObjectNode vocabulary, String merges, String name, ClipSpecialTokens special) {
    ObjectNode file = JSON.createObjectNode().put("version", "1.0");
    file.putNull("truncation").putNull("padding");
    file.putArray("added_tokens");
    file.set("normalizer", normalizer());
    file.set("pre_tokenizer", words(special));
    file.set("post_processor", ends(vocabulary, special));
    file.putNull("decoder");
    ObjectNode model = file.putObject("model").put("type", "BPE").putNull("dropout");
    model.put("unk_token", special.unknown()).put("continuing_subword_prefix", "");
    model.put("end_of_word_suffix", END_OF_WORD).put("fuse_unk", false);
    model.put("byte_fallback", false);
    model.set("vocab", vocabulary);
    model.set("merges", merges(merges, name));
    return file;
  }

  /** Lists the special tokens with their numbers, in place of what a file says of them. */
  static void list(ObjectNode file, ClipSpecialTokens special) {
    JsonNode vocabulary = file.path("model").path("vocab");
    Map<Integer, ObjectNode> listed = new TreeMap<>();
    Map<String, ObjectNode> known = ClipSpecialTokens.byText(file.get("added_tokens"));
    known.values().forEach(each -> listed.put(each.path("id").asInt(), each));
    special
        .all()
        .forEach(
            (text, token) -> {
              ObjectNode before = known.getOrDefault(text, JsonNodeFactory.instance.objectNode());
              int id = vocabulary.path(text).asInt(before.path("id").asInt(-1));
              if (id < 0) {
                throw new ClipFilesException(
                    "special token: " + text + " (expected: one of the vocabulary)");
              }
              listed.put(id, token.deepCopy().put("id", id));
            });
    ArrayNode tokens = JSON.createArrayNode();
    listed.values().forEach(tokens::add);
    file.set("added_tokens", tokens);
  }

  private static ObjectNode normalizer() {
    ObjectNode normalizer = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = normalizer.putArray("normalizers");
    steps.addObject().put("type", "NFC");
    ObjectNode spaces = steps.addObject().put("type", "Replace").put("content", " ");
    spaces.putObject("pattern").put("Regex", "\\s+");
    steps.addObject().put("type", "Lowercase");
    return normalizer;
  }

  private static ObjectNode words(ClipSpecialTokens special) {
    ObjectNode words = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = words.putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split").put("behavior", "Removed");
    split.put("invert", true);
    String pattern = WORDS.formatted(escaped(special.start()), escaped(special.end()));
    split.putObject("pattern").put("Regex", pattern);
    ObjectNode bytes = steps.addObject().put("type", "ByteLevel");
    bytes.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
    return words;
  }

  /** Only letters and digits mean themselves for certain. */
  private static String escaped(String text) {
    return text.replaceAll("([^\\p{L}\\p{N}<>])", "\\\\$1");
  }

  private static ObjectNode ends(ObjectNode vocabulary, ClipSpecialTokens special) {
    ObjectNode ends = JSON.createObjectNode().put("type", "RobertaProcessing");
    ends.putArray("sep").add(special.end()).add(id(vocabulary, special.end()));
    ends.putArray("cls").add(special.start()).add(id(vocabulary, special.start()));
    return ends.put("trim_offsets", false).put("add_prefix_space", false);
  }

  private static int id(JsonNode vocabulary, String text) {
    if (!vocabulary.path(text).isInt()) {
      throw new ClipFilesException("special token: " + text + " (expected: one of the vocabulary)");
    }
    return vocabulary.path(text).intValue();
  }

  private static ArrayNode merges(String content, String name) {
    ArrayNode merges = JSON.createArrayNode();
    String[] lines = content.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.startsWith(VERSION) || line.isEmpty()) {
        continue;
      }
      if (line.split(" ", -1).length != 2) {
        throw new ClipFilesException(
            "%s:%d: %s (expected: two symbols)".formatted(name, i + 1, line));
      }
      merges.add(line);
    }
    return merges;
  }

  static byte[] bytes(ObjectNode file) {
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }
}
