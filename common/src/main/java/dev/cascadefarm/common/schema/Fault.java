package dev.cascadefarm.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with a document.
 *
 * @param field dotted path, for example {@code set.base.steps}; empty for the document itself
 * @param value what was there; absent if nothing was
 * @param found the value in words short enough for a message
 * @param expected what would have been accepted
 */
public record Fault(String field, @Nullable JsonNode value, String found, String expected) {
  private static final int SHOWN_CHARACTERS = 80;

  /** A value that does not fit. */
  public static Fault of(String field, JsonNode value, String expected) {
    return new Fault(field, shorten(value), shown(value), expected);
  }

  /** A field that is not there. */
  public static Fault missing(String field, String expected) {
    return new Fault(field, null, "missing", expected);
  }

  /** A field that nobody knows. */
  public static Fault unknown(String field, Iterable<String> known) {
    return new Fault(field, null, "unknown", "one of " + String.join(", ", known));
  }

  /** The same fault in an enclosing document. */
  public Fault under(String parent) {
    return new Fault(join(parent, field), value, found, expected);
  }

  /** All faults in one message. */
  public static String describe(List<Fault> faults) {
    return faults.stream().map(Fault::toString).collect(Collectors.joining("; "));
  }

  /** {@code field: found (expected: expectation)}. */
  @Override
  public String toString() {
    String prefix = field.isEmpty() ? "" : field + ": ";
    return prefix + found + " (expected: " + expected + ")";
  }

  static String join(String parent, String field) {
    if (parent.isEmpty() || field.isEmpty()) {
      return parent + field;
    }
    return parent + "." + field;
  }

  private static String shown(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : value.toString();
    int length = text.codePointCount(0, text.length());
    if (length == 0) {
      return "empty";
    }
    if (length <= SHOWN_CHARACTERS) {
      return value.isTextual() ? '"' + text + '"' : text;
    }
    return '"' + head(text) + "…\" (" + length + " characters)";
  }

  private static @Nullable JsonNode shorten(JsonNode value) {
    return value.toString().length() <= SHOWN_CHARACTERS * 2 ? value : null;
  }

  private static String head(String text) {
    return text.substring(0, text.offsetByCodePoints(0, SHOWN_CHARACTERS));
  }
}
