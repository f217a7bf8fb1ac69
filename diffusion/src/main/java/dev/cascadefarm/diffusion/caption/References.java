package dev.cascadefarm.diffusion.caption;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/** HTML's character references. */
final class References {
  private static final Pattern COMPLETE = Pattern.compile("&#?[0-9A-Za-z]{1,24};");

  private References() {}

  /** Resolves every reference that HTML 5 would, old names without a semicolon included. */
  static String resolve(String text) {
    return Parser.unescapeEntities(text, false);
  }

  /** Resolves only references that end with a semicolon, and are nothing else. */
  static String resolveComplete(String text) {
    return COMPLETE
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(resolve(match.group())));
  }
}
