package dev.cascadefarm.diffusion.clip;

import dev.cascadefarm.diffusion.text.HubTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A caption's pieces as numbers, by CLIP's {@code tokenizer.json}, padded to a fixed length: longer
 * captions lose their tail but keep the end token. Thread-safe.
 */
public final class ClipTokenizer implements AutoCloseable {
  private final HubTokenizer tokenizer;
  private final int length;
  private final long padding;
  private final long end;

  private ClipTokenizer(HubTokenizer tokenizer, int length, long padding, long end) {
    this.tokenizer = tokenizer;
    this.length = length;
    this.padding = padding;
    this.end = end;
  }

  /**
   * Loads a tokenizer; limits and padding that the file asks for do not count.
   *
   * @param length tokens of every caption, at least 2
   * @param padding number of the token behind a caption that is too short
   * @throws ClipFilesException if the file is missing, damaged, or not a CLIP's
   */
  public static ClipTokenizer load(Path file, int length, long padding) {
    HubTokenizer tokenizer = open(file);
    long[] nothing = tokenizer.ids("");
    if (nothing.length != 2 || nothing[0] == nothing[1]) {
      tokenizer.close();
      throw new ClipFilesException(
          "%s: \"\" gives %s (expected: a start token and an end token)"
              .formatted(file, Arrays.toString(nothing)));
    }
    return new ClipTokenizer(tokenizer, length, padding, nothing[1]);
  }

  private static HubTokenizer open(Path file) {
    try {
      return HubTokenizer.load(file);
    } catch (IOException e) {
      throw new ClipFilesException(file + ": cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** Number of the end token. */
  public long end() {
    return end;
  }

  /**
   * An encoded caption.
   *
   * @param ids of its pieces between start and end token, then padding
   * @param own how many of them are not padding
   * @param dropped pieces beyond the longest caption
   */
  public record Tokens(long[] ids, int own, int dropped) {}

  /** Encodes one caption; never fails. */
  public Tokens encode(String caption) {
    long[] all = tokenizer.ids(caption);
    long[] kept = HubTokenizer.cut(all, length);
    long[] padded = Arrays.copyOf(kept, length);
    Arrays.fill(padded, kept.length, length, padding);
    return new Tokens(padded, kept.length, all.length - kept.length);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
