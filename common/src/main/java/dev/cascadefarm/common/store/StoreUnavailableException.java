package dev.cascadefarm.common.store;

import org.jspecify.annotations.Nullable;

/**
 * The store did not answer, not in time, or not as a store does: the outcome of the call is
 * unknown. Repeat the same call later.
 */
public non-sealed class StoreUnavailableException extends StoreException {
  StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
