package dev.cascadefarm.common.store;

/** The object is larger than the configured limit. */
public final class ArtifactTooLargeException extends StoreException {
  private final String key;

  ArtifactTooLargeException(String key, long size, long limit) {
    super("%s: %d bytes (expected: at most %d)".formatted(key, size, limit), null);
    this.key = key;
  }

  /** Returns the key. */
  public String key() {
    return key;
  }
}
