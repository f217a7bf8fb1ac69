package dev.cascadefarm.diffusion.caption;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text between the tags of something that may be HTML, read as leniently as Python's {@code
 * html.parser} reads it: what is no tag is text. Not thread-safe.
 */
final class Markup {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][^\\t\\n\\r\\f />\\x00]*");
  private static final Pattern COMMENT_END = Pattern.compile("--\\s*>");
  private static final Pattern NUMBER =
      Pattern.compile("&#([0-9]+|[xX][0-9a-fA-F]+)([^0-9a-fA-F])");
  private static final Pattern NAMED = Pattern.compile("&([a-zA-Z][-.a-zA-Z0-9]*)([^a-zA-Z0-9])");
  private static final String CDATA = "<![cdata[";

  /** Elements whose content is no markup, and no text either. */
  private static final Set<String> RAW = Set.of("script", "style");

  /** Elements whose text is not that of the page. */
  private static final Set<String> HIDDEN = Set.of("template", "rt", "rp");

  private final String raw;
  private final StringBuilder text = new StringBuilder();
  private final Deque<String> hidden = new ArrayDeque<>();
  private int at;
  private boolean stalled;

  private Markup(String raw) {
    this.raw = raw;
  }

  /** The text of some markup. */
  static String text(String markup) {
    return new Markup(markup).read();
  }

  private String read() {
    while (at < raw.length()) {
      int next = at;
      while (next < raw.length() && raw.charAt(next) != '<' && raw.charAt(next) != '&') {
        next++;
      }
      say(raw.substring(at, next));
      at = next;
      if (at < raw.length()) {
        if (raw.charAt(at) == '<') {
          readAngle();
        } else {
          readReference();
        }
      }
    }
    return text.toString();
  }

  private void say(String words) {
    if (hidden.isEmpty()) {
      text.append(words);
    }
  }

  private void rest() {
    say(raw.substring(at));
    at = raw.length();
  }

  private void readAngle() {
    int end;
    if (at + 1 < raw.length() && isLetter(raw.charAt(at + 1))) {
      end = startTag();
    } else if (raw.startsWith("</", at)) {
      end = endTag();
    } else if (raw.startsWith("<!--", at)) {
      Matcher close = COMMENT_END.matcher(raw);
      end = close.find(at + 4) ? close.end() : -1;
    } else if (raw.startsWith(CDATA, at)) {
      end = data();
    } else if (raw.startsWith("<?", at) || raw.startsWith("<!", at)) {
      end = raw.indexOf('>', at + 2) + 1;
    } else {
      say("<");
      end = at + 1;
    }
    at = end > 0 ? end : unfinished();
  }

  private static boolean isLetter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  }

  /** What begins like a tag and does not end is text. */
  private int unfinished() {
    int end = raw.indexOf('>', at + 1) + 1;
    if (end == 0) {
      int other = raw.indexOf('<', at + 1);
      end = other < 0 ? at + 1 : other;
    }
    say(raw.substring(at, end));
    return end;
  }

  /** Where the tag ends; 0 or below if it does not. */
  private int startTag() {
    int end = attributes(at + 1 + name(at + 1).length());
    if (end == raw.length()) {
      return -1;
    }
    char next = raw.charAt(end);
    if (next == '>' || raw.startsWith("/>", end)) {
      opened(name(at + 1), next == '/');
      int after = end + (next == '>' ? 1 : 2);
      return RAW.contains(name(at + 1)) && next == '>' ? afterRaw(name(at + 1), after) : after;
    }
    if (next == '/' || next == '=' || isLetter(next)) {
      return -1;
    }
    say(raw.substring(at, end));
    return end;
  }

  /** Behind the attributes of the tag, as far as there are any. */
  private int attributes(int from) {
    int end = from;
    while (end < raw.length() && (isSpace(end) || raw.charAt(end) == '/')) {
      end++;
    }
    while (isAttribute(end)) {
      end++;
      while (end < raw.length() && !isSpace(end) && "/=>".indexOf(raw.charAt(end)) < 0) {
        end++;
      }
      end = value(end);
      while (end < raw.length() && (isSpace(end) || isLoneSlash(end))) {
        end++;
      }
    }
    return end;
  }

  private boolean isAttribute(int index) {
    return index < raw.length()
        && (isSpace(index - 1) || "'\"/".indexOf(raw.charAt(index - 1)) >= 0)
        && !isSpace(index)
        && "/>".indexOf(raw.charAt(index)) < 0;
  }

  private boolean isLoneSlash(int index) {
    return raw.charAt(index) == '/' && !raw.startsWith("/>", index);
  }

  /** Behind the value of an attribute, if it has one that is closed. */
  private int value(int from) {
    int end = spaces(from);
    if (end == raw.length() || raw.charAt(end) != '=') {
      return from;
    }
    while (end < raw.length() && raw.charAt(end) == '=') {
      end++;
    }
    end = spaces(end);
    if (end < raw.length() && "'\"".indexOf(raw.charAt(end)) >= 0) {
      int close = raw.indexOf(raw.charAt(end), end + 1);
      return close < 0 ? from : spaces(close + 1);
    }
    while (end < raw.length() && raw.charAt(end) != '>' && !isSpace(end)) {
      end++;
    }
    return spaces(end);
  }

  private int spaces(int from) {
    int end = from;
    while (end < raw.length() && isSpace(end)) {
      end++;
    }
    return end;
  }

  private boolean isSpace(int index) {
    return Character.isWhitespace(raw.charAt(index));
  }

  private String name(int from) {
    Matcher name = NAME.matcher(raw).region(from, raw.length());
    return name.lookingAt() ? name.group().toLowerCase(Locale.ROOT) : "";
  }

  private void opened(String name, boolean closed) {
    if (HIDDEN.contains(name) && !closed) {
      hidden.push(name);
    }
  }

  private int afterRaw(String name, int from) {
    Matcher close = Pattern.compile("</\\s*" + name + "\\s*>").matcher(raw);
    return close.find(from) ? close.end() : raw.length();
  }

  private int endTag() {
    int close = raw.indexOf('>', at + 1);
    if (close < 0) {
      return -1;
    }
    int from = at + 2;
    while (from < close && Character.isWhitespace(raw.charAt(from))) {
      from++;
    }
    hidden.removeFirstOccurrence(name(from));
    return close + 1;
  }

  private int data() {
    int close = raw.indexOf("]]>", at);
    if (close < 0) {
      return -1;
    }
    say(raw.substring(at + CDATA.length(), close));
    return close + "]]>".length();
  }

  private void readReference() {
    Matcher number = NUMBER.matcher(raw).region(at, raw.length());
    Matcher named = NAMED.matcher(raw).region(at, raw.length());
    if (number.lookingAt()) {
      say(References.numbered(number.group(1)));
      after(number);
    } else if (named.lookingAt()) {
      String name = named.group(1);
      say(References.named(name).orElse("&" + name));
      after(named);
    } else if (raw.startsWith("&#", at)) {
      noNumber();
    } else if (at + 1 < raw.length() && isLetter(raw.charAt(at + 1))) {
      at += raw.length() - at == 2 ? 1 : 0;
      rest();
    } else {
      say("&");
      at++;
    }
  }

  /** The character behind a reference belongs to it only if it is a semicolon. */
  private void after(Matcher reference) {
    at = reference.group(2).equals(";") ? reference.end() : reference.start(2);
  }

  /** Reading goes on behind the first such thing; behind a second one, all is text. */
  private void noNumber() {
    if (raw.indexOf(';', at) < 0) {
      rest();
      return;
    }
    say("&#");
    at += 2;
    if (stalled) {
      rest();
    }
    stalled = true;
  }
}
