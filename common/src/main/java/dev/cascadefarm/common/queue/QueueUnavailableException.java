package dev.cascadefarm.common.queue;

/**
 * Redis did not answer, or not in time: the outcome of the call is unknown. Repeat the same call.
 */
public final class QueueUnavailableException extends RuntimeException {
  public QueueUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
