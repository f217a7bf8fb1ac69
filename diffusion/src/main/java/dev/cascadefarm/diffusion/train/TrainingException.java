package dev.cascadefarm.diffusion.train;

/** A training run that cannot go on; the message says why and names what can be gone back to. */
public final class TrainingException extends RuntimeException {
  public TrainingException(String message) {
    super(message);
  }
}
