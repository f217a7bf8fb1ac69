package dev.cascadefarm.diffusion.scenes;

/** A caption that is not in the grammar; names the word at fault. */
public final class CaptionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String word;
  private final int position;

  CaptionException(String word, int position, String expected) {
    super("word %d: \"%s\" (expected: %s)".formatted(position + 1, word, expected));
    this.word = word;
    this.position = position;
  }

  /** The word at fault; empty where the caption ends too early. */
  public String word() {
    return word;
  }

  /** Place of the word in the caption, from 0. */
  public int position() {
    return position;
  }
}
