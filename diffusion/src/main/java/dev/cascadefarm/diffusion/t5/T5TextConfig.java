package dev.cascadefarm.diffusion.t5;

/**
 * A T5 as a stage runs it.
 *
 * @param t5 architecture of the encoder
 * @param maxTextLen most tokens of a caption, the end token included; MinImagen's own is 256
 */
public record T5TextConfig(T5Config t5, int maxTextLen) {
  /** MinImagen's limit where nothing else is said. */
  public static final int MINIMAGEN_MAX_TEXT_LEN = 256;

  private static final int LONGEST = 2048;

  public T5TextConfig {
    if (maxTextLen < 1 || maxTextLen > LONGEST) {
      throw new IllegalArgumentException(
          "max_text_len: " + maxTextLen + " (expected: 1 to " + LONGEST + ")");
    }
  }
}
