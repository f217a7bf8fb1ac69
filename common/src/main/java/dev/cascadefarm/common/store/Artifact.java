package dev.cascadefarm.common.store;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An immutable object of the store, with what its bytes must be.
 *
 * @param key where it lies in the bucket
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 * @param size in bytes
 * @param contentType its media type, for example {@code image/png}
 */
public record Artifact(String key, String sha256, long size, String contentType) {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  /** Checks the digest and the size. */
  public Artifact {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(contentType, "contentType");
    if (!SHA_256.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "sha256: %s (expected: 64 hexadecimal digits)".formatted(sha256));
    }
    if (size < 0) {
      throw new IllegalArgumentException("size: %d (expected: >= 0)".formatted(size));
    }
  }

  /** Describes bytes that are to lie at the key. */
  public static Artifact of(String key, byte[] bytes, String contentType) {
    return new Artifact(key, Sha256.hex(bytes), bytes.length, contentType);
  }

  /** Returns whether the bytes are those of this artifact. */
  public boolean describes(byte[] bytes) {
    return bytes.length == size && Sha256.hex(bytes).equals(sha256);
  }
}
