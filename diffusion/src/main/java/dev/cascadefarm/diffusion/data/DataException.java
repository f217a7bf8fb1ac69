package dev.cascadefarm.diffusion.data;

/** Data that cannot be learned from; the message names the file, the line and the fault. */
public final class DataException extends RuntimeException {
  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Refuses data unless they fit.
   *
   * @param where the file, or a line in it
   */
  static void require(boolean fits, Object where, String found, String expected) {
    if (!fits) {
      throw new DataException(where + ": " + found + " (expected: " + expected + ")");
    }
  }
}
