package dev.cascadefarm.diffusion.stage;

/** Inputs or settings no run could ever use: trying again is pointless. */
public final class InvalidSampleException extends RuntimeException {
  public InvalidSampleException(String message) {
    super(message);
  }
}
