package dev.cascadefarm.diffusion.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A {@code tokenizer.json} run by Hugging Face's own library; limits and padding that the file asks
 * for do not count. Thread-safe.
 */
public final class HubTokenizer implements AutoCloseable {
  private static final char REPLACEMENT = '\uFFFD';

  private final HuggingFaceTokenizer tokenizer;

  private HubTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a file.
   *
   * @throws IOException if the file is missing or the library refuses it
   */
  public static HubTokenizer load(Path file) throws IOException {
    try {
      return new HubTokenizer(
          HuggingFaceTokenizer.newInstance(
              file, Map.of("padding", "false", "truncation", "false")));
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** All numbers of a caption, with those that the model wants around it; never fails. */
  public long[] ids(String caption) {
    return tokenizer.encode(wellFormed(caption), true, false).getIds();
  }

  /** The first of the numbers, at most {@code most}, with the very last of all as the last. */
  public static long[] cut(long[] ids, int most) {
    if (ids.length <= most) {
      return ids;
    }
    long[] kept = Arrays.copyOf(ids, most);
    kept[most - 1] = ids[ids.length - 1];
    return kept;
  }

  /** Half a surrogate pair is no character; the native library must not see one. */
  private static String wellFormed(String caption) {
    StringBuilder text = new StringBuilder(caption.length());
    caption
        .codePoints()
        .map(each -> isSurrogate(each) ? REPLACEMENT : each)
        .forEach(text::appendCodePoint);
    return text.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
