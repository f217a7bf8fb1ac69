package dev.cascadefarm.diffusion.caption;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;

/**
 * Captions as DeepFloyd IF was taught: without capitals, and, when they were taken from the web,
 * without what is not language: addresses, markup, numbers of articles, names of files, the words
 * of shops. What is done is what diffusers' pipeline does with {@code clean_caption}; of ftfy, what
 * {@link Mending} says.
 */
public final class DeepFloydCaption {
  private static final String FILES = "(?:png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4)";
  private static final String DOMAIN =
      "[a-zA-Z0-9.\\-]+[.](?:com|co|ru|net|org|edu|gov|it)[{w}/-]*{b}/?(?!@)";

  /** Between the markers of a joined name, as in this-is-a-cat. */
  private static final Pattern JOINT = Pattern.compile("[-_]");

  private static final int MOST_JOINTS = 3;

  private static final List<Rule> ADDRESSES =
      List.of(
          Rule.of("<person>", "person"),
          Rule.drop("{b}(?:https?:(?:/{1,3}|[a-zA-Z0-9%])|" + DOMAIN + ")"),
          Rule.drop("{b}(?:www:(?:/{1,3}|[a-zA-Z0-9%])|" + DOMAIN + ")"));

  private static final List<Rule> SIGNS =
      List.of(
          Rule.drop("@[{w}]+{b}"),
          // Ideographs, and what stands before them in Unicode.
          Rule.drop("[\\x{31c0}-\\x{9fff}]+"),
          Rule.of(
              "[-\\x{58a}\\x{5be}\\x{1400}\\x{1806}\\x{2010}-\\x{2015}\\x{2e17}\\x{2e1a}\\x{2e3a}"
                  + "\\x{2e3b}\\x{2e40}\\x{301c}\\x{3030}\\x{30a0}\\x{fe31}\\x{fe32}\\x{fe58}"
                  + "\\x{fe63}\\x{ff0d}]+",
              "-"),
          Rule.of("[`\\xb4\\xab\\xbb\\x{201c}\\x{201d}\\xa8]", "\""),
          Rule.of("[\\x{2018}\\x{2019}]", "'"),
          Rule.drop("&quot;?"),
          Rule.drop("&amp"));

  private static final List<Rule> NUMBERS =
      List.of(
          Rule.of("[{d}]{1,3}\\.[{d}]{1,3}\\.[{d}]{1,3}\\.[{d}]{1,3}", " "),
          Rule.drop("[{d}]:[{d}][{d}][{s}]+$"),
          Rule.of("\\\\n", " "),
          Rule.drop("#[{d}]{1,3}{b}"),
          Rule.drop("#[{d}]{5,}{b}"),
          Rule.drop("{b}[{d}]{6,}{b}"),
          Rule.drop("[^{s}]+\\." + FILES));

  private static final List<Rule> PUNCTUATION =
      List.of(
          Rule.of("[\"']{2,}", "\""),
          Rule.of("[.]{2,}", " "),
          Rule.of(
              "[#\\xae\\x{2022}\\xa9\\x{2122}&@\\xb7\\xba\\xbd\\xbe\\xbf\\xa1\\xa7~)(\\]\\[}{|\\\\/*]+",
              " "),
          Rule.of("[{s}]+\\.[{s}]+", " "));

  private static final List<Rule> CODES =
      List.of(
          Rule.drop("{b}[a-zA-Z]{1,3}[{d}]{3,15}{b}"),
          Rule.drop("{b}[a-zA-Z]+[{d}]+[a-zA-Z]+{b}"),
          Rule.drop("{b}[{d}]+[a-zA-Z]+[{d}]+{b}"),
          Rule.drop("(?:worldwide[{s}]+)?(?:free[{s}]+)?shipping"),
          Rule.drop("(?:free[{s}])?download(?:[{s}]free)?"),
          Rule.drop("{b}click{b}[{s}](?:for|on)[{s}][{w}]+"),
          Rule.drop("{b}" + FILES + "(?:[{s}]images?)?"),
          Rule.drop("{b}page[{s}]+[{d}]+{b}"),
          Rule.of("{b}[{d}]*[a-zA-Z]+[{d}]+[a-zA-Z]+[{d}]+[a-zA-Z{d}]*{b}", " "),
          // The second of the three is Cyrillic.
          Rule.drop("{b}[{d}]+\\.?[{d}]*[x\\x{445}\\xd7][{d}]+\\.?[{d}]*{b}"));

  private static final List<Rule> ENDS =
      List.of(
          Rule.of("{b}[{s}]+:[{s}]+", ": "),
          Rule.of("([^{d}][,./]){b}", "$1 "),
          Rule.of("[{s}]+", " "),
          Rule.of("^[\"']((?s:.)+)[\"']$", "$1"),
          Rule.drop("^['_,\\-:;]"),
          Rule.drop("['_,\\-:+]$"),
          Rule.drop("^\\.[^{s}]+$"));

  private DeepFloydCaption() {}

  /** A replacement. */
  private record Rule(Pattern pattern, String replacement) {
    static Rule of(String form, String replacement) {
      return new Rule(Characters.pattern(form), replacement);
    }

    static Rule drop(String form) {
      return of(form, "");
    }

    static String all(List<Rule> rules, String text) {
      String changed = text;
      for (Rule each : rules) {
        changed = each.pattern.matcher(changed).replaceAll(each.replacement);
      }
      return changed;
    }
  }

  /** A caption without capitals, and without space at its ends. */
  public static String plain(String caption) {
    return Characters.strip(caption.toLowerCase(Locale.ROOT));
  }

  /** A caption without all that is not language; twice, for what the first time brings to light. */
  public static String clean(String caption) {
    return once(once(caption));
  }

  private static String once(String caption) {
    String text = Characters.strip(Percent.decode(caption)).toLowerCase(Locale.ROOT);
    text = Jsoup.parseBodyFragment(Rule.all(ADDRESSES, text)).body().wholeText();
    text = Rule.all(PUNCTUATION, Rule.all(NUMBERS, Rule.all(SIGNS, text)));
    text = withoutJoints(text);
    text = References.resolve(References.resolve(Mending.mend(text)));
    return Characters.strip(Rule.all(ENDS, Rule.all(CODES, text)));
  }

  private static String withoutJoints(String text) {
    boolean many = JOINT.matcher(text).results().count() > MOST_JOINTS;
    return many ? JOINT.matcher(text).replaceAll(" ") : text;
  }
}
