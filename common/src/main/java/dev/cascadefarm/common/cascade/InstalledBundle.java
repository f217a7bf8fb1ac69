package dev.cascadefarm.common.cascade;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bundle as it lies in a catalogue's folder.
 *
 * @param digest SHA-256 (hex) of the bytes of its {@code stage.json}, which in turn holds the hash
 *     of every other file
 * @param folder where its files are
 */
public record InstalledBundle(StageBundle bundle, String digest, Path folder) {
  /** Name and version. */
  public BundleId id() {
    return bundle.id();
  }

  /**
   * Reads every file of the bundle and compares its hash; blocks, for as long as the weights are
   * large.
   *
   * @throws InvalidCatalogueException if a file is missing or not the one described; names the file
   *     and both hashes
   */
  public void verifyFiles() {
    for (Map.Entry<String, String> file : new TreeMap<>(bundle.files()).entrySet()) {
      Path path = folder.resolve(file.getKey());
      String actual = sha256(path);
      if (!actual.equals(file.getValue())) {
        throw new InvalidCatalogueException(
            path + ": SHA-256 " + actual + " (expected: " + file.getValue() + ")");
      }
    }
  }

  /** SHA-256 (hex) of a file's bytes. */
  static String sha256(Path file) {
    MessageDigest digest = newDigest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new InvalidCatalogueException(file + ": cannot be read: " + e, e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
