package dev.cascadefarm.worker.image;

import org.jspecify.annotations.Nullable;

/** Bytes that are not a picture this worker takes; the message says what is wrong with them. */
public final class MalformedImageException extends RuntimeException {
  MalformedImageException(String message) {
    super(message);
  }

  MalformedImageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
