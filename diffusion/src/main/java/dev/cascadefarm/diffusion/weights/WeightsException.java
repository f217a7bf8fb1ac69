package dev.cascadefarm.diffusion.weights;

/** A weights file that cannot be used; the message names the file or tensor and the fault. */
public final class WeightsException extends RuntimeException {
  public WeightsException(String message) {
    super(message);
  }

  public WeightsException(String message, Throwable cause) {
    super(message, cause);
  }
}
