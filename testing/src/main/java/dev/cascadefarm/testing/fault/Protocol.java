package dev.cascadefarm.testing.fault;

import io.vertx.core.buffer.Buffer;

/** What a proxy has to understand of a protocol in which each request has one reply, in order. */
interface Protocol {
  /** The length of a message that is not all there yet. */
  int INCOMPLETE = -1;

  /** The length of the first request in {@code bytes}, or {@link #INCOMPLETE}. */
  int requestLength(Buffer bytes);

  /** What a whole request asks for. */
  Call call(Buffer request);

  /** The length of the first reply in {@code bytes}, an answer to {@code call}. */
  int replyLength(Buffer bytes, Call call);

  /** Where in a whole reply its body begins. */
  int bodyStart(Buffer reply);
}
