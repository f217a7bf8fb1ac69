package dev.cascadefarm.diffusion.stage;

/**
 * A checkpoint that a sample cannot go on from: damaged, or of another one. Starting over works.
 */
public final class CheckpointRefusedException extends RuntimeException {
  public CheckpointRefusedException(String message) {
    super(message);
  }

  public CheckpointRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
