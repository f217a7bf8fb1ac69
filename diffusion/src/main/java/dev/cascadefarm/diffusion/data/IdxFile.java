package dev.cascadefarm.diffusion.data;

import static dev.cascadefarm.diffusion.data.DataException.require;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** An array of bytes of one or more dimensions, as MNIST is stored. Immutable. */
final class IdxFile {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_BYTES = 1 << 30;

  private final int[] sizes;
  private final byte[] data;

  private IdxFile(int[] sizes, byte[] data) {
    this.sizes = sizes;
    this.data = data;
  }

  /**
   * Reads a file, gzipped or not.
   *
   * @throws DataException if it is missing, cut off, too long, or of another form
   */
  static IdxFile read(Path file, int dimensions) {
    try (DataInputStream in = new DataInputStream(unzipped(file))) {
      int magic = in.readInt();
      int expected = UNSIGNED_BYTE << 8 | dimensions;
      require(
          magic == expected,
          file,
          "starts with %08x".formatted(magic),
          "%08x, bytes of %d dimensions".formatted(expected, dimensions));
      int[] sizes = new int[dimensions];
      long bytes = 1;
      for (int i = 0; i < dimensions; i++) {
        sizes[i] = in.readInt();
        require(sizes[i] >= 0, file, "size " + sizes[i], ">= 0");
        bytes = Math.multiplyExact(bytes, sizes[i]);
        require(bytes <= MAX_BYTES, file, Arrays.toString(sizes), "at most 2^30 bytes");
      }
      byte[] data = in.readNBytes((int) bytes);
      require(data.length == bytes, file, data.length + " bytes", bytes + ", as its sizes say");
      require(in.read() < 0, file, "more bytes", bytes + ", as its sizes say");
      return new IdxFile(sizes, data);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e, e);
    }
  }

  private static InputStream unzipped(Path file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file));
    in.mark(2);
    boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return zipped ? new BufferedInputStream(new GZIPInputStream(in)) : in;
  }

  int size(int dimension) {
    return sizes[dimension];
  }

  /** An element, 0 to 255. */
  int at(int index) {
    return data[index] & 0xFF;
  }
}
