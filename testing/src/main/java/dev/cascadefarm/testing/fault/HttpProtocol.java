package dev.cascadefarm.testing.fault;

import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP/1.1, as an S3 client speaks it: one request after the other. Thread-safe. */
record HttpProtocol() implements Protocol {
  private static final String HEAD_END = "\r\n\r\n";
  private static final Pattern CONTENT_LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)");
  private static final Pattern CHUNKED = Pattern.compile("\r\ntransfer-encoding: *chunked");
  private static final Pattern NO_BODY = Pattern.compile("http/1\\.1 (1\\d\\d|204|304) ");

  @Override
  public int requestLength(Buffer bytes) {
    int body = bodyStart(bytes);
    return body == INCOMPLETE ? INCOMPLETE : end(bytes, head(bytes, body), body);
  }

  @Override
  public Call call(Buffer request) {
    String[] line = request.getString(0, bodyStart(request)).split(" ", 3);
    return new Call(line[0], line[1]);
  }

  @Override
  public int replyLength(Buffer bytes, Call call) {
    int body = bodyStart(bytes);
    if (body == INCOMPLETE) {
      return INCOMPLETE;
    }
    String head = head(bytes, body);
    boolean bare = call.name().equals("HEAD") || NO_BODY.matcher(head).lookingAt();
    return bare ? body : end(bytes, head, body);
  }

  @Override
  public int bodyStart(Buffer message) {
    for (int i = 0; i + HEAD_END.length() <= message.length(); i++) {
      if (message.getByte(i) == '\r' && is(message, i, HEAD_END)) {
        return i + HEAD_END.length();
      }
    }
    return INCOMPLETE;
  }

  private static boolean is(Buffer bytes, int at, String text) {
    return bytes.getString(at, at + text.length()).equals(text);
  }

  private static String head(Buffer bytes, int body) {
    return bytes.getString(0, body).toLowerCase(Locale.ROOT);
  }

  private static int end(Buffer bytes, String head, int body) {
    if (CHUNKED.matcher(head).find()) {
      return chunksEnd(bytes, body);
    }
    Matcher length = CONTENT_LENGTH.matcher(head);
    int end = length.find() ? body + Integer.parseInt(length.group(1)) : body;
    return end <= bytes.length() ? end : INCOMPLETE;
  }

  private static int chunksEnd(Buffer bytes, int body) {
    int at = body;
    while (true) {
      int line = lineEnd(bytes, at);
      if (line == INCOMPLETE) {
        return INCOMPLETE;
      }
      int size = Integer.parseInt(bytes.getString(at, line - 2).trim(), 16);
      at = line + size + 2;
      if (at > bytes.length()) {
        return INCOMPLETE;
      }
      if (size == 0) {
        return at;
      }
    }
  }

  private static int lineEnd(Buffer bytes, int at) {
    for (int i = at; i + 1 < bytes.length(); i++) {
      if (bytes.getByte(i) == '\r' && bytes.getByte(i + 1) == '\n') {
        return i + 2;
      }
    }
    return INCOMPLETE;
  }
}
