package dev.cascadefarm.common.cascade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file of a catalogue that is there whole or not at all: written beside, hidden, then moved into
 * its place.
 */
final class WholeFile {
  private WholeFile() {}

  /** Where a file is written before it gets its name. */
  static Path beside(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".part");
  }

  /** Replaces a file; if that fails, what was there stays. */
  static void write(Path file, byte[] content) throws IOException {
    Path beside = beside(file);
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
