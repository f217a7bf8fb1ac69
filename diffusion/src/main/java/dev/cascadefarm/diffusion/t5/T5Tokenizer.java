package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.text.HubTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A caption's pieces as numbers, by T5's {@code tokenizer.json}: longer captions lose their tail
 * but keep the end token. Thread-safe.
 */
public final class T5Tokenizer implements AutoCloseable {
  private final HubTokenizer tokenizer;
  private final int maxLength;

  private T5Tokenizer(HubTokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
  }

  /**
   * Loads a tokenizer; limits and padding that the file asks for do not count.
   *
   * @param maxLength most tokens of a caption, at least 1
   * @throws T5FilesException if the file is missing, damaged, or not a T5's
   */
  public static T5Tokenizer load(Path file, int maxLength) {
    HubTokenizer tokenizer = open(file);
    try {
      long[] nothing = tokenizer.ids("");
      require(nothing.length == 1, file, "\"\" gives " + Arrays.toString(nothing), "one end token");
      long[] bare = tokenizer.ids("a");
      long[] spaced = tokenizer.ids(" a");
      require(
          Arrays.equals(bare, spaced),
          file,
          "\"a\" gives %s, \" a\" gives %s"
              .formatted(Arrays.toString(bare), Arrays.toString(spaced)),
          "the same; converted with add_prefix_space=True");
      return new T5Tokenizer(tokenizer, maxLength);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static HubTokenizer open(Path file) {
    try {
      return HubTokenizer.load(file);
    } catch (IOException e) {
      throw new T5FilesException(file + ": cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static void require(boolean fits, Path file, String found, String expected) {
    if (!fits) {
      throw new T5FilesException(file + ": " + found + " (expected: " + expected + ")");
    }
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
    long[] all = tokenizer.ids(caption);
    long[] kept = HubTokenizer.cut(all, maxLength);
    return new Tokens(kept, all.length - kept.length);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
