package dev.cascadefarm.worker.transfer;

/**
 * An artifact that could not be brought or stored, or that is not what its manifest says: never the
 * task's own fault.
 */
public final class TransferException extends RuntimeException {
  TransferException(String message) {
    super(message);
  }

  TransferException(String message, Throwable cause) {
    super(message, cause);
  }
}
