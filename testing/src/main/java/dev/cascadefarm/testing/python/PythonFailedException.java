package dev.cascadefarm.testing.python;

/** Python was asked and raised an error; the message is that error. */
public final class PythonFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PythonFailedException(String message) {
    super(message);
  }
}
