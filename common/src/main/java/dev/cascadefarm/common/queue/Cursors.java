package dev.cascadefarm.common.queue;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks cursors that clients bring back, and how much they ask for at once. */
final class Cursors {
  private static final Pattern ENTRY = Pattern.compile("\\d{1,20}-\\d{1,20}");
  private static final int LONGEST_PAGE = 1_000;

  private Cursors() {}

  /** A sequence number. */
  static long sequence(String cursor) {
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw unknown(cursor, e);
    }
  }

  /** The id of an entry of a stream. */
  static String entry(String cursor) {
    if (!ENTRY.matcher(cursor).matches()) {
      throw unknown(cursor, null);
    }
    return cursor;
  }

  /** As an argument of a script that must know whether there is more: one more than asked for. */
  static String oneMoreThan(int limit) {
    checkLimit(limit);
    return Integer.toString(limit + 1);
  }

  static void checkLimit(int limit) {
    if (limit < 1 || limit > LONGEST_PAGE) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + LONGEST_PAGE + ")");
    }
  }

  private static IllegalArgumentException unknown(String cursor, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "cursor: " + cursor + " (expected: one given before)", cause);
  }
}
