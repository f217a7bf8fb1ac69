package dev.cascadefarm.common.store;

/**
 * The store does not accept the credentials, or they do not allow the operation. It stays so until
 * an operator changes something; the artifacts are not at fault.
 */
public final class StoreRefusedException extends StoreUnavailableException {
  StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
