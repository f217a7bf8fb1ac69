package dev.cascadefarm.diffusion.caption;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Repairs of text that was broken on its way here, those of ftfy that captions need: complete
 * character references, {@link Mojibake}, ligatures, wide letters, curled quotes, line breaks,
 * escapes and controls; composed characters (NFC). Encodings other than Latin-1 and Windows-1252
 * are not guessed.
 */
final class Mending {
  private static final Pattern DOUBLE_QUOTES = Pattern.compile("[\u201c-\u201f]");
  private static final Pattern SINGLE_QUOTES = Pattern.compile("[\u02bc\u2018-\u201b]");
  private static final Pattern LINE_BREAKS = Pattern.compile("\r\n|[\r\u2028\u2029\u0085]");
  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;]*[a-zA-Z]");
  private static final Pattern CONTROLS =
      Pattern.compile(
          "[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\\x{206a}-\\x{206f}\\x{feff}\\x{fff9}-\\x{fffc}]");
  private static final Pattern LATIN_CONTROLS = Pattern.compile("[\\x80-\\x9f]");
  private static final Pattern LIGATURES =
      Pattern.compile("[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]");
  private static final Pattern WIDE = Pattern.compile("[\u3000\uff01-\uffef]");
  private static final Pattern SURROGATE = Pattern.compile("[\\x{d800}-\\x{dfff}]");

  private static final int MOST_ROUNDS = 16;

  private Mending() {}

  /** Mends every line. */
  static String mend(String text) {
    StringBuilder mended = new StringBuilder();
    boolean references = true;
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from) + 1;
      String line = text.substring(from, end == 0 ? text.length() : end);
      // A line with tags is markup, and so is what follows: there, references are meant.
      references &= line.indexOf('<') < 0;
      mended.append(line(line, references));
      from += line.length();
    }
    return mended.toString();
  }

  private static String line(String line, boolean references) {
    String mended = line;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      String before = mended;
      mended = once(references ? References.resolveComplete(mended) : mended);
      if (mended.equals(before)) {
        break;
      }
    }
    return mended;
  }

  private static String once(String line) {
    String text = Mojibake.mend(line);
    text = withoutLatinControls(text);
    text = LIGATURES.matcher(text).replaceAll(each -> unligated(each.group()));
    text = WIDE.matcher(text).replaceAll(each -> compatible(each.group()));
    text = DOUBLE_QUOTES.matcher(text).replaceAll("\"");
    text = SINGLE_QUOTES.matcher(text).replaceAll("'");
    text = LINE_BREAKS.matcher(text).replaceAll("\n");
    text = SURROGATE.matcher(text).replaceAll("\ufffd");
    text = ESCAPES.matcher(text).replaceAll("");
    text = CONTROLS.matcher(text).replaceAll("");
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** The long s of one ligature stays long. */
  private static String unligated(String ligature) {
    return ligature.equals("\ufb05") ? "\u017ft" : compatible(ligature);
  }

  private static String compatible(String character) {
    return Normalizer.normalize(character, Normalizer.Form.NFKC);
  }

  /** Control characters of Latin-1 as what Windows puts in their place. */
  private static String withoutLatinControls(String text) {
    return LATIN_CONTROLS
        .matcher(text)
        .replaceAll(each -> References.resolve("&#" + (int) each.group().charAt(0) + ";"));
  }
}
