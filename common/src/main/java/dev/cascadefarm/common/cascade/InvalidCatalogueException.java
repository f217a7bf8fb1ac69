package dev.cascadefarm.common.cascade;

/** A catalogue, cascade or bundle that cannot be used; the message names the file and the fault. */
public final class InvalidCatalogueException extends RuntimeException {
  public InvalidCatalogueException(String message) {
    super(message);
  }

  public InvalidCatalogueException(String message, Throwable cause) {
    super(message, cause);
  }
}
