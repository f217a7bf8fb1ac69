package dev.cascadefarm.common.queue;

/**
 * Redis did not answer, or not in time: the outcome of the call is unknown. Repeat the same call.
 */
public class QueueUnavailableException extends RuntimeException {
  public QueueUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  QueueUnavailableException(String message) {
    super(message);
  }
}
