package dev.cascadefarm.common.queue;

import io.vertx.redis.client.impl.types.ErrorType;
import java.util.Set;

/** What an error from the Redis client means to the queue. */
final class RedisFault {
  /** Codes by which Redis says "not now": nothing is wrong with the command. */
  private static final Set<String> NOT_NOW =
      Set.of(
          "LOADING",
          "READONLY",
          "MISCONF",
          "BUSY",
          "MASTERDOWN",
          "NOREPLICAS",
          "TRYAGAIN",
          "CLUSTERDOWN",
          "UNKILLABLE",
          "NOAUTH",
          "WRONGPASS",
          "NOPERM",
          "CONNECTION_CLOSED");

  /** Codes of a Redis that has changed its part, or forgotten who is on the other side. */
  private static final Set<String> STRANGER = Set.of("READONLY", "NOAUTH");

  private RedisFault() {}

  /** Whether Redis itself answered, with an error. */
  static boolean answered(Throwable cause) {
    return cause instanceof ErrorType && !code(cause).equals("CONNECTION_CLOSED");
  }

  /** Whether Redis answered that it does nothing for anybody now. */
  static boolean notNow(Throwable cause) {
    return answered(cause) && NOT_NOW.contains(code(cause));
  }

  /** Whether another connection, perhaps to another server at the same address, may do better. */
  static boolean curedByReconnecting(Throwable cause) {
    return answered(cause) && STRANGER.contains(code(cause));
  }

  static boolean noScript(Throwable cause) {
    return cause instanceof ErrorType && code(cause).equals("NOSCRIPT");
  }

  /** The queue's own exception for an error of the client. */
  static RuntimeException typed(String operation, Throwable cause) {
    if (cause instanceof QueueUnavailableException unavailable) {
      return unavailable;
    }
    if (!answered(cause) || notNow(cause)) {
      return new QueueUnavailableException(operation + ": Redis: " + cause.getMessage(), cause);
    }
    if (code(cause).equals("OOM")) {
      return new QueueFullException(cause);
    }
    return new QueueRefusedException(
        QueueRefusedException.Reason.BROKEN, operation + ": Redis: " + cause.getMessage());
  }

  /** The first word of an error reply, which the protocol defines as its code. */
  private static String code(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    int end = message.indexOf(' ');
    return end < 0 ? message : message.substring(0, end);
  }
}
