package dev.cascadefarm.diffusion.clip;

/** Files of a CLIP that are missing or cannot be used; the message names the file and the fault. */
public final class ClipFilesException extends RuntimeException {
  ClipFilesException(String message) {
    super(message);
  }

  ClipFilesException(String message, Throwable cause) {
    super(message, cause);
  }
}
