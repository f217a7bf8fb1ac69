package dev.cascadefarm.diffusion.caption;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text as it stands in the query of a web address: {@code +} for a space, {@code %20} for bytes.
 */
final class Percent {
  private static final Pattern ESCAPED = Pattern.compile("(?:%[0-9a-fA-F]{2})+");

  private Percent() {}

  /** The text itself; what is no such escape stays, and broken UTF-8 is marked. */
  static String decode(String text) {
    return ESCAPED
        .matcher(text.replace('+', ' '))
        .replaceAll(each -> Matcher.quoteReplacement(bytes(each.group())));
  }

  private static String bytes(String escapes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escapes.length(); i += 3) {
      bytes.write(Integer.parseInt(escapes.substring(i + 1, i + 3), 16));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
