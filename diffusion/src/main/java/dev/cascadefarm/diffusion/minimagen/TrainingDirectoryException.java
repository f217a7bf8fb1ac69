package dev.cascadefarm.diffusion.minimagen;

/** A training directory that cannot be used; the message names the file, the key and the fault. */
public final class TrainingDirectoryException extends RuntimeException {
  public TrainingDirectoryException(String message) {
    super(message);
  }

  public TrainingDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
