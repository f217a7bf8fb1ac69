package dev.cascadefarm.common.store;

/** The object at the key is not the one that was written there. */
public final class ArtifactCorruptException extends StoreException {
  private final String key;

  ArtifactCorruptException(Artifact artifact, byte[] found) {
    super(
        "%s: %d bytes with SHA-256 %s (expected: %d bytes with %s)"
            .formatted(
                artifact.key(),
                found.length,
                Sha256.hex(found),
                artifact.size(),
                artifact.sha256()),
        null);
    this.key = artifact.key();
  }

  /** Returns the key. */
  public String key() {
    return key;
  }
}
