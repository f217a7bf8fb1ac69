package dev.cascadefarm.standalone.diffusers;

/** A folder of a pipeline cannot be imported; the message names the file and the fault. */
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PipelineException(String message) {
    super(message);
  }

  public PipelineException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Demands something of a folder. */
  static void require(boolean fits, String found, Object expected) {
    if (!fits) {
      throw new PipelineException("%s (expected: %s)".formatted(found, expected));
    }
  }
}
