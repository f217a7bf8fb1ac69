package dev.cascadefarm.diffusion.caption;

import java.util.regex.Pattern;

/**
 * What Python's text takes for letters, digits and space, as parts of Java's regular expressions:
 * Java's own classes count marks as letters, and know other spaces.
 */
final class Characters {
  /** Members of a class: a letter, digit or other number of any script, or an underscore. */
  static final String WORD = "\\p{L}\\p{N}_";

  /** Members of a class: white space. */
  static final String SPACE =
      "\\x09-\\x0d\\x1c-\\x20\\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}"
          + "\\x{205f}\\x{3000}";

  /** Members of a class: a decimal digit of any script. */
  static final String DIGIT = "\\p{Nd}";

  private static final String EDGE =
      "(?:(?<=[%1$s])(?![%1$s])|(?<![%1$s])(?=[%1$s]))".formatted(WORD);

  private static final Pattern OUTER_SPACE =
      Pattern.compile("\\A[%1$s]+|[%1$s]+\\z".formatted(SPACE));

  private Characters() {}

  /**
   * A pattern in which {@code {w}}, {@code {s}} and {@code {d}} stand for members of a class, and
   * {@code {b}} for the edge of a word.
   */
  static Pattern pattern(String form) {
    return Pattern.compile(
        form.replace("{w}", WORD).replace("{s}", SPACE).replace("{d}", DIGIT).replace("{b}", EDGE),
        Pattern.UNIX_LINES);
  }

  /** Without white space at the ends. */
  static String strip(String text) {
    return OUTER_SPACE.matcher(text).replaceAll("");
  }
}
