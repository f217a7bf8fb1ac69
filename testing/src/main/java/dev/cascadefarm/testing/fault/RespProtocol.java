package dev.cascadefarm.testing.fault;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The protocol of Redis, version 2. Requests are arrays of strings. Thread-safe.
 *
 * @param scripts names of scripts, by the SHA-1 of their text
 */
record RespProtocol(Map<String, String> scripts) implements Protocol {
  private static final int DEEPEST = 32;

  @Override
  public int requestLength(Buffer bytes) {
    return end(bytes, 0, 0);
  }

  @Override
  public int replyLength(Buffer bytes, Call call) {
    return end(bytes, 0, 0);
  }

  @Override
  public int bodyStart(Buffer reply) {
    return Math.max(lineEnd(reply, 0), 1);
  }

  @Override
  public Call call(Buffer request) {
    List<String> words = words(request, 2);
    String command = words.get(0).toUpperCase(Locale.ROOT);
    return switch (command) {
      case "EVALSHA" -> new Call(scripts.getOrDefault(words.get(1), command), command);
      case "EVAL" -> new Call(scripts.getOrDefault(sha1(words.get(1)), command), command);
      default -> new Call(command, command);
    };
  }

  /** The index behind the value at {@code at}. */
  private static int end(Buffer bytes, int at, int depth) {
    int line = lineEnd(bytes, at);
    if (line == INCOMPLETE) {
      return INCOMPLETE;
    }
    return switch (bytes.getByte(at)) {
      case '+', '-', ':' -> line;
      case '$' -> bulkEnd(bytes, line, number(bytes, at, line));
      case '*' -> arrayEnd(bytes, line, number(bytes, at, line), depth);
      default ->
          throw new IllegalStateException(
              "RESP: type %d (expected: one of + - : $ *)".formatted(bytes.getByte(at)));
    };
  }

  private static int bulkEnd(Buffer bytes, int start, int length) {
    int end = length < 0 ? start : start + length + 2;
    return end <= bytes.length() ? end : INCOMPLETE;
  }

  private static int arrayEnd(Buffer bytes, int start, int count, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalStateException("RESP: depth " + depth + " (expected: <= " + DEEPEST + ")");
    }
    int at = start;
    for (int i = 0; i < count && at != INCOMPLETE; i++) {
      at = end(bytes, at, depth + 1);
    }
    return at;
  }

  /** The first strings of an array. */
  private static List<String> words(Buffer array, int most) {
    int at = lineEnd(array, 0);
    int count = Math.min(most, number(array, 0, at));
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int start = lineEnd(array, at);
      int length = number(array, at, start);
      words.add(array.getString(start, start + length, StandardCharsets.UTF_8.name()));
      at = start + length + 2;
    }
    return words;
  }

  private static int number(Buffer bytes, int at, int line) {
    return Integer.parseInt(bytes.getString(at + 1, line - 2));
  }

  /** The index behind the line that begins at {@code at}. */
  private static int lineEnd(Buffer bytes, int at) {
    for (int i = at; i + 1 < bytes.length(); i++) {
      if (bytes.getByte(i) == '\r' && bytes.getByte(i + 1) == '\n') {
        return i + 2;
      }
    }
    return INCOMPLETE;
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is part of every JDK", e);
    }
  }
}
