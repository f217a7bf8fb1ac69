package dev.cascadefarm.embedded;

/** The failure of an embedded service to start, to stop, or to own its data directory. */
public class EmbeddedException extends RuntimeException {

  /**
   * Creates the failure.
   *
   * @param message what failed, with the offending value
   */
  public EmbeddedException(String message) {
    super(message);
  }

  /**
   * Creates the failure.
   *
   * @param message what failed, with the offending value
   * @param cause why
   */
  public EmbeddedException(String message, Throwable cause) {
    super(message, cause);
  }
}
