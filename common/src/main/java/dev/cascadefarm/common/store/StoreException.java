package dev.cascadefarm.common.store;

import org.jspecify.annotations.Nullable;

/** A failed operation of the artifact store; its subclass says what to do about it. */
public abstract sealed class StoreException extends RuntimeException
    permits ArtifactNotFoundException,
        ArtifactCorruptException,
        ArtifactTooLargeException,
        StoreUnavailableException {
  StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns whether the same call may succeed later: the store, not the object, was at fault. */
  public boolean retryable() {
    return this instanceof StoreUnavailableException;
  }
}
