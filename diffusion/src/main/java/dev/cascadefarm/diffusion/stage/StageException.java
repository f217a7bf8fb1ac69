package dev.cascadefarm.diffusion.stage;

/** A stage that failed to load or to run; the message says what failed. */
public final class StageException extends RuntimeException {
  public StageException(String message) {
    super(message);
  }

  public StageException(String message, Throwable cause) {
    super(message, cause);
  }
}
