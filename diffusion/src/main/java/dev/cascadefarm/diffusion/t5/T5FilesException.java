package dev.cascadefarm.diffusion.t5;

/** Files of a T5 that are missing or cannot be used; the message names the file and the fault. */
public final class T5FilesException extends RuntimeException {
  T5FilesException(String message) {
    super(message);
  }

  T5FilesException(String message, Throwable cause) {
    super(message, cause);
  }
}
