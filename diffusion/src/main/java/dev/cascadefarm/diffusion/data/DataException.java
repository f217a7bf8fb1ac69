package dev.cascadefarm.diffusion.data;

/** Data that cannot be learned from; the message names the file, the line and the fault. */
public final class DataException extends RuntimeException {
  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
