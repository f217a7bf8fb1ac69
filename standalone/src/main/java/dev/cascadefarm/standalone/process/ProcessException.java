package dev.cascadefarm.standalone.process;

/** A process of the farm that cannot start or run; the message says which part and why. */
public final class ProcessException extends RuntimeException {
  ProcessException(String message) {
    super(message);
  }

  ProcessException(String message, Throwable cause) {
    super(message, cause);
  }
}
