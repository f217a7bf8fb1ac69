package dev.cascadefarm.diffusion.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a file of any size, mapped and never copied whole; every access is checked. Windows
 * of up to 2 GiB start at every GiB, so that any piece of up to a GiB lies in one of them.
 * Immutable.
 */
final class MappedBytes {
  /** The longest piece that {@link #slice} gives. */
  static final int MAX_SLICE_BYTES = 1 << 30;

  private final String name;
  private final long size;
  private final List<ByteBuffer> windows;

  private MappedBytes(String name, long size, List<ByteBuffer> windows) {
    this.name = name;
    this.size = size;
    this.windows = windows;
  }

  /** Maps a file, which must not shrink afterwards. */
  static MappedBytes map(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      List<ByteBuffer> windows = new ArrayList<>();
      for (long start = 0; start < size; start += MAX_SLICE_BYTES) {
        long length = Math.min(Integer.MAX_VALUE, size - start);
        windows.add(channel.map(FileChannel.MapMode.READ_ONLY, start, length));
      }
      return new MappedBytes(file.toString(), size, windows);
    } catch (IOException e) {
      throw new WeightsException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static MappedBytes of(byte[] content, String name) {
    return new MappedBytes(name, content.length, List.of(ByteBuffer.wrap(content)));
  }

  /** The file's name, for messages. */
  String name() {
    return name;
  }

  long size() {
    return size;
  }

  /**
   * A piece, little-endian and read-only.
   *
   * @throws WeightsException if it is not within the file, or too long
   */
  ByteBuffer slice(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size - length || length > MAX_SLICE_BYTES) {
      throw new WeightsException(
          "%s: %d bytes at byte %d (expected: within its %d bytes, at most %d at once)"
              .formatted(name, length, offset, size, MAX_SLICE_BYTES));
    }
    if (length == 0) {
      return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer window = windows.get((int) (offset / MAX_SLICE_BYTES));
    return window
        .slice((int) (offset % MAX_SLICE_BYTES), (int) length)
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
