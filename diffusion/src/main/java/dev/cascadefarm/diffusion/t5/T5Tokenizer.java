package dev.cascadefarm.diffusion.t5;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A caption's pieces as numbers, by T5's {@code tokenizer.json}: longer captions lose their tail
 * but keep the end token. Thread-safe.
 */
public final class T5Tokenizer implements AutoCloseable {
  private static final char REPLACEMENT = '\uFFFD';

  private final HuggingFaceTokenizer tokenizer;
  private final int maxLength;
  private final long end;

  private T5Tokenizer(HuggingFaceTokenizer tokenizer, int maxLength, long end) {
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.end = end;
  }

  /**
   * Loads a tokenizer; limits and padding that the file asks for do not count.
   *
   * @param maxLength most tokens of a caption, at least 1
   * @throws T5FilesException if the file is missing, damaged, or not a T5's
   */
  public static T5Tokenizer load(Path file, int maxLength) {
    HuggingFaceTokenizer tokenizer = open(file);
    try {
      long[] nothing = ids(tokenizer, "");
      require(nothing.length == 1, file, "\"\" gives " + Arrays.toString(nothing), "one end token");
      long[] bare = ids(tokenizer, "a");
      long[] spaced = ids(tokenizer, " a");
      require(
          Arrays.equals(bare, spaced),
          file,
          "\"a\" gives %s, \" a\" gives %s"
              .formatted(Arrays.toString(bare), Arrays.toString(spaced)),
          "the same; converted with add_prefix_space=True");
      return new T5Tokenizer(tokenizer, maxLength, nothing[0]);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static HuggingFaceTokenizer open(Path file) {
    try {
      return HuggingFaceTokenizer.newInstance(
          file, Map.of("padding", "false", "truncation", "false"));
    } catch (IOException | RuntimeException e) {
      throw new T5FilesException(file + ": cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static void require(boolean fits, Path file, String found, String expected) {
    if (!fits) {
      throw new T5FilesException(file + ": " + found + " (expected: " + expected + ")");
    }
  }

  private static long[] ids(HuggingFaceTokenizer tokenizer, String caption) {
    return tokenizer.encode(caption, true, false).getIds();
  }

  /**
   * An encoded caption.
   *
   * @param ids of its pieces, the end token last; at least 1, never padded
   * @param dropped pieces beyond the longest caption
   */
  public record Tokens(long[] ids, int dropped) {}

  /** Encodes one caption; never fails. */
  public Tokens encode(String caption) {
    long[] all = ids(tokenizer, wellFormed(caption));
    if (all.length <= maxLength) {
      return new Tokens(all, 0);
    }
    long[] kept = Arrays.copyOf(all, maxLength);
    kept[maxLength - 1] = end;
    return new Tokens(kept, all.length - maxLength);
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
