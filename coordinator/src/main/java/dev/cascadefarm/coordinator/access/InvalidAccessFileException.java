package dev.cascadefarm.coordinator.access;

/** A file of tokens and tenants that cannot be used; the message names file, line and key. */
public final class InvalidAccessFileException extends IllegalArgumentException {
  InvalidAccessFileException(String message) {
    super(message);
  }

  InvalidAccessFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
