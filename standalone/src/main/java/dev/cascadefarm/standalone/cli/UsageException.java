package dev.cascadefarm.standalone.cli;

/** Arguments that cannot be used; the message names the value and what was expected. */
final class UsageException extends RuntimeException {
  UsageException(String message) {
    super(message);
  }

  UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
