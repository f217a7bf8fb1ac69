package dev.cascadefarm.testing.fault;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** What can happen to one request and its reply. */
public sealed interface Mishap {
  /** Nothing. */
  record None() implements Mishap {}

  /**
   * The request breaks off: the server gets its beginning, then both ends see a reset.
   *
   * @param bytes how many still pass
   */
  record RequestCut(int bytes) implements Mishap {}

  /**
   * The request is delivered and its reply breaks off: both ends see a reset.
   *
   * @param bytes of the reply that still pass; 0 if the reply is lost whole
   */
  record ReplyCut(int bytes) implements Mishap {}

  /**
   * From here on nothing passes on this connection, either way, and nobody is told.
   *
   * @param delivered whether this request still reaches the server
   */
  record Silence(boolean delivered) implements Mishap {}

  /**
   * The request gets stuck: the server gets all but its last byte, then nothing passes on this
   * connection, either way, and nobody is told.
   */
  record Stuck() implements Mishap {}

  /** The server gets the request twice; the client gets the second reply only. */
  record Repeat() implements Mishap {}

  /**
   * The request, and what follows it on its connection, waits in the network until {@link
   * FaultProxy#release}; it arrives even if its client has long given up.
   */
  record Hold() implements Mishap {}

  /** The server never sees the request; the client gets this reply. */
  record Answer(Buffer reply) implements Mishap {}

  /** One bit of the reply's body is turned over. */
  record Spoil() implements Mishap {}

  /** The reply is lost after the request was delivered, and the connection with it. */
  static Mishap replyLost() {
    return new ReplyCut(0);
  }

  /**
   * An error reply of Redis in place of the command.
   *
   * @param error code and text, for example {@code LOADING Redis is loading}
   */
  static Mishap redisError(String error) {
    return new Answer(Buffer.buffer("-" + error + "\r\n"));
  }

  /** What an S3 store says that has too much to do. */
  static Mishap slowDown() {
    String body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code>"
            + "<Message>Reduce your request rate.</Message></Error>";
    return new Answer(
        Buffer.buffer(
            "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.getBytes(StandardCharsets.UTF_8).length, body)));
  }
}
