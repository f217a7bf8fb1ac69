package dev.cascadefarm.standalone.config;

/** A configuration that cannot be used; the message names key, source, value and expectation. */
public final class InvalidConfigException extends RuntimeException {
  public InvalidConfigException(String message) {
    super(message);
  }

  public InvalidConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
