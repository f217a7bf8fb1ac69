package dev.cascadefarm.coordinator.upload;

import org.jspecify.annotations.Nullable;

/** Bytes that are not a picture the farm takes; the message says what was found and expected. */
public final class InvalidPictureException extends RuntimeException {
  private final Reason reason;

  /** What is wrong in principle. */
  public enum Reason {
    /** The form of the file is none that the farm reads, or not the one announced. */
    TYPE,
    /** The form is right, but the picture is too large or the file is damaged. */
    CONTENT
  }

  InvalidPictureException(Reason reason, String found, String expected, @Nullable Throwable cause) {
    super(found + " (expected: " + expected + ")", cause);
    this.reason = reason;
  }

  static InvalidPictureException type(String found, String expected) {
    return new InvalidPictureException(Reason.TYPE, found, expected, null);
  }

  static InvalidPictureException content(String found, String expected) {
    return new InvalidPictureException(Reason.CONTENT, found, expected, null);
  }

  /** What is wrong in principle. */
  public Reason reason() {
    return reason;
  }
}
