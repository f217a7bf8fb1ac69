package dev.cascadefarm.diffusion.weights;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A new file that is written block by block and then forced to the disk. A large one goes past the
 * system's cache, where the file system can do that: it has to get to the disk anyway, and the
 * cache keeps what others use. Not thread-safe.
 */
final class DiskFile implements Closeable {
  /** Blocks lie at multiples of it, and their room is a multiple of it. */
  static final int ALIGNMENT = 4096;

  /** Smaller files are soon read again. */
  static final long LARGE_BYTES = 16 << 20;

  private final FileChannel channel;
  private long size;

  private DiskFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes a file, or empties it.
   *
   * @param bytes that it will have, roughly
   */
  static DiskFile create(Path path, long bytes) throws IOException {
    Optional<FileChannel> uncached = bytes < LARGE_BYTES ? Optional.empty() : uncached(path);
    return new DiskFile(uncached.isPresent() ? uncached.get() : open(path));
  }

  /** A file system that cannot do it says so in one way or another, at the latest when written. */
  private static Optional<FileChannel> uncached(Path path) throws IOException {
    FileChannel channel;
    try {
      channel = open(path, ExtendedOpenOption.DIRECT);
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
    try {
      channel.write(block(ALIGNMENT), 0);
      return Optional.of(channel.truncate(0));
    } catch (IOException e) {
      channel.close();
      return Optional.empty();
    }
  }

  /** Makes a file, or empties it. */
  static FileChannel open(Path path, OpenOption... more) throws IOException {
    Set<OpenOption> options = new HashSet<>(Set.of(more));
    options.addAll(
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
    return FileChannel.open(path, options);
  }

  /** An empty block. */
  static ByteBuffer block(int bytes) {
    return ByteBuffer.allocateDirect(bytes + ALIGNMENT)
        .alignedSlice(ALIGNMENT)
        .limit(bytes)
        .slice();
  }

  /**
   * Writes a block up to its limit; all but the last one are full.
   *
   * @param block its position and limit are lost
   */
  void write(ByteBuffer block) throws IOException {
    int count = block.limit();
    block.rewind().limit((count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    while (block.hasRemaining()) {
      channel.write(block);
    }
    size += count;
  }

  /** Ends the file where the last block did; it is on the disk then. */
  void finish() throws IOException {
    channel.truncate(size);
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
