package dev.cascadefarm.standalone.cli;

/** Captions on the command line. */
final class Captions {
  /** What the JVM puts where an argument is not valid UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private Captions() {}

  /**
   * A caption, as it is.
   *
   * @param argument for messages
   * @throws UsageException if it is not the one that was typed
   */
  static String require(String argument, String caption) {
    if (caption.indexOf(REPLACEMENT) >= 0) {
      throw new UsageException(argument + ": " + caption + " (expected: valid UTF-8)");
    }
    return caption;
  }
}
