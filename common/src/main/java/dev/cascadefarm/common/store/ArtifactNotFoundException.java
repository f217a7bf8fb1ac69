package dev.cascadefarm.common.store;

/** There is no object at the key. */
public final class ArtifactNotFoundException extends StoreException {
  private final String key;

  ArtifactNotFoundException(String key, Throwable cause) {
    super("%s: no such object (expected: an object of the store)".formatted(key), cause);
    this.key = key;
  }

  /** Returns the key. */
  public String key() {
    return key;
  }
}
