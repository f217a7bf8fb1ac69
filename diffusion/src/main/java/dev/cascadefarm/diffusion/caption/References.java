package dev.cascadefarm.diffusion.caption;

import java.nio.charset.Charset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Entities;

/** HTML's character references, by the rules of HTML 5 for those that are not quite right. */
final class References {
  private static final Pattern ANY =
      Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");

  private static final Pattern COMPLETE = Pattern.compile("&#?[0-9A-Za-z]{1,24};");
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final int SHORTEST_NAME = 2;
  private static final char REPLACEMENT = '\uFFFD';

  private References() {}

  /** What a name stands for, be there a semicolon behind it or not. */
  static Optional<String> named(String name) {
    String meaning = Entities.getByName(name);
    return meaning.isEmpty() ? Optional.empty() : Optional.of(meaning);
  }

  /**
   * What a number stands for.
   *
   * @param digits decimal, or hexadecimal after an {@code x}
   * @return one character, or none for a number that is no character
   */
  static String numbered(String digits) {
    boolean hexadecimal = digits.startsWith("x") || digits.startsWith("X");
    String bare = hexadecimal ? digits.substring(1) : digits;
    int code = code(bare, hexadecimal ? 16 : 10);
    if (code >= 0x80 && code <= 0x9f) {
      String windows = new String(new byte[] {(byte) code}, WINDOWS);
      return windows.charAt(0) == REPLACEMENT ? String.valueOf((char) code) : windows;
    }
    if (code == 0 || code > Character.MAX_CODE_POINT || isSurrogate(code)) {
      return String.valueOf(REPLACEMENT);
    }
    return isNoCharacter(code) ? "" : Character.toString(code);
  }

  private static int code(String digits, int radix) {
    try {
      return Integer.parseInt(digits, radix);
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  private static boolean isSurrogate(int code) {
    return code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
  }

  private static boolean isNoCharacter(int code) {
    boolean control = code < 0x20 && code != '\t' && code != '\n' && code != '\f' && code != '\r';
    return control
        || code == 0x7f
        || (code >= 0xfdd0 && code <= 0xfdef)
        || (code & 0xfffe) == 0xfffe;
  }

  /** Resolves every reference that HTML 5 would, old names without a semicolon included. */
  static String resolve(String text) {
    return ANY.matcher(text).replaceAll(match -> quoted(any(match.group(1))));
  }

  /** Resolves only references that end with a semicolon, and are nothing else. */
  static String resolveComplete(String text) {
    return COMPLETE
        .matcher(text)
        .replaceAll(
            match -> {
              String body = match.group().substring(1, match.group().length() - 1);
              if (!body.startsWith("#")) {
                return quoted(named(body).orElse(match.group()));
              }
              boolean whole = body.matches("#([0-9]+|[xX][0-9a-fA-F]+)");
              return quoted(whole ? numbered(body.substring(1)) : match.group());
            });
  }

  private static String any(String body) {
    String bare = body.endsWith(";") ? body.substring(0, body.length() - 1) : body;
    if (bare.startsWith("#")) {
      return numbered(bare.substring(1));
    }
    boolean ended = bare.length() < body.length();
    Optional<String> whole =
        ended || Entities.isBaseNamedEntity(bare) ? named(bare) : Optional.empty();
    if (whole.isPresent()) {
      return whole.get();
    }
    for (int length = body.length() - 1; length >= SHORTEST_NAME; length--) {
      String start = body.substring(0, length);
      if (Entities.isBaseNamedEntity(start)) {
        return named(start).orElseThrow() + body.substring(length);
      }
    }
    return "&" + body;
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }
}
