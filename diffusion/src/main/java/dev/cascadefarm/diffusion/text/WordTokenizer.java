package dev.cascadefarm.diffusion.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A caption's words as numbers, by a {@code tokenizer.json}: lower-cased, one token per word, an
 * end token last, padded to a fixed length. Thread-safe.
 */
public final class WordTokenizer implements AutoCloseable {
  private static final String PADDING = "<pad>";
  private static final String UNKNOWN = "<unk>";
  private static final String END = "</s>";
  private static final List<String> SPECIAL = List.of(PADDING, UNKNOWN, END);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HuggingFaceTokenizer tokenizer;
  private final int length;

  private WordTokenizer(HuggingFaceTokenizer tokenizer, int length) {
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /**
   * Loads a tokenizer.
   *
   * @param length tokens of every encoded caption
   */
  public static WordTokenizer load(Path file, int length) throws IOException {
    Map<String, String> options = Map.of("padding", "false", "truncation", "false");
    return new WordTokenizer(HuggingFaceTokenizer.newInstance(file, options), length);
  }

  /**
   * An encoded caption.
   *
   * @param ids {@code (N)}
   * @param mask 1 for a token, 0 for padding, {@code (N)}
   * @param unknown words that stand for nothing, in order
   * @param dropped tokens beyond the fixed length
   */
  public record Tokens(long[] ids, float[] mask, List<String> unknown, int dropped) {
    public Tokens {
      unknown = List.copyOf(unknown);
    }
  }

  /** Encodes one caption; never fails. */
  public Tokens encode(String caption) {
    Encoding encoding = tokenizer.encode(caption, true, false);
    long[] all = encoding.getIds();
    long[] ids = new long[length];
    float[] mask = new float[length];
    int kept = Math.min(all.length, length);
    for (int i = 0; i < kept; i++) {
      ids[i] = i == length - 1 ? SPECIAL.indexOf(END) : all[i];
      mask[i] = 1;
    }
    return new Tokens(ids, mask, unknown(caption, encoding), all.length - kept);
  }

  private static List<String> unknown(String caption, Encoding encoding) {
    List<String> words = new ArrayList<>();
    CharSpan[] spans = encoding.getCharTokenSpans();
    for (int i = 0; i < spans.length; i++) {
      if (encoding.getIds()[i] == SPECIAL.indexOf(UNKNOWN) && spans[i] != null) {
        words.add(word(caption, spans[i]));
      }
    }
    return words;
  }

  /** Spans count code points. */
  private static String word(String caption, CharSpan span) {
    int end = Math.min(span.getEnd(), caption.codePointCount(0, caption.length()));
    int start = Math.min(span.getStart(), end);
    return caption.substring(
        caption.offsetByCodePoints(0, start), caption.offsetByCodePoints(0, end));
  }

  /** The content of a {@code tokenizer.json} that knows these words. */
  public static byte[] file(List<String> words) {
    ObjectNode file = JSON.createObjectNode().put("version", "1.0");
    file.putNull("truncation").putNull("padding");
    ArrayNode added = file.putArray("added_tokens");
    ObjectNode vocabulary = JSON.createObjectNode();
    SPECIAL.forEach(token -> added.add(special(token)));
    SPECIAL.forEach(token -> vocabulary.put(token, vocabulary.size()));
    words.forEach(word -> vocabulary.put(word, vocabulary.size()));
    file.putObject("normalizer").put("type", "Lowercase");
    file.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    file.set("post_processor", endTemplate());
    file.putNull("decoder");
    ObjectNode model = file.putObject("model").put("type", "WordLevel").put("unk_token", UNKNOWN);
    model.set("vocab", vocabulary);
    return file.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  /** How many tokens a tokenizer of {@link #file} knows. */
  public static int vocabularySize(List<String> words) {
    return SPECIAL.size() + words.size();
  }

  private static ObjectNode special(String token) {
    return JSON.createObjectNode()
        .put("id", SPECIAL.indexOf(token))
        .put("content", token)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static ObjectNode endTemplate() {
    ObjectNode template = JSON.createObjectNode().put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    single.addObject().putObject("SpecialToken").put("id", END).put("type_id", 0);
    ArrayNode pair = template.putArray("pair");
    pair.addAll(single.deepCopy());
    pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 0);
    ObjectNode end = template.putObject("special_tokens").putObject(END).put("id", END);
    end.putArray("ids").add(SPECIAL.indexOf(END));
    end.putArray("tokens").add(END);
    return template;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
