package dev.cascadefarm.embedded;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that only its owner may read and write. */
final class PrivateFile {

  private PrivateFile() {}

  /** Creates the file anew and empty, with its permissions from the first moment. */
  static Path create(Path path) throws IOException {
    Files.deleteIfExists(path);
    return Files.createFile(path, ownerOnly());
  }

  private static FileAttribute<?>[] ownerOnly() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
