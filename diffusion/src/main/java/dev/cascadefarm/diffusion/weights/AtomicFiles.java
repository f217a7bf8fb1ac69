package dev.cascadefarm.diffusion.weights;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole or not at all: write beside, fsync, rename. */
public final class AtomicFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFiles() {}

  /** What writes a file's content, piece by piece. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces {@code file}.
   *
   * @throws WeightsException if it cannot be written
   */
  public static void write(Path file, byte[] content) {
    write(file, out -> out.write(content));
  }

  /**
   * Replaces {@code file} by a content that need not fit in memory.
   *
   * @throws WeightsException if it cannot be written
   */
  public static void write(Path file, Content content) {
    replace(
        file,
        beside -> {
          try (FileChannel channel = DiskFile.open(beside)) {
            OutputStream out =
                new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            content.writeTo(out);
            out.flush();
            channel.force(true);
            return file;
          }
        });
  }

  /** What writes a file's content into a channel that takes all it is given. */
  @FunctionalInterface
  interface Pieces {
    /** Writes all of it; the channel stays open. */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /**
   * Replaces {@code file} by a content of any size, and hashes it on the way.
   *
   * @param bytes of the content, roughly
   * @return SHA-256 (hex) of the content
   * @throws WeightsException if it cannot be written
   */
  static String writeHashed(Path file, long bytes, Pieces pieces) {
    return replace(
        file,
        beside -> {
          try (HashedFile out = HashedFile.create(beside, bytes)) {
            pieces.writeTo(out);
            return out.finish();
          }
        });
  }

  /** Something that writes a whole file. */
  private interface Writing<T> {
    T write(Path beside) throws IOException;
  }

  private static <T> T replace(Path file, Writing<T> writing) {
    Path beside = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      T result = writing.write(beside);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return result;
    } catch (IOException e) {
      throw new WeightsException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
