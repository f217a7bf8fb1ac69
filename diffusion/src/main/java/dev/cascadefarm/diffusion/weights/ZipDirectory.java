package dev.cascadefarm.diffusion.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The entries of a zip file whose entries are stored, not compressed, as PyTorch's are; so each is
 * a piece of the file. Zip64 is understood. Every field is checked before it is believed.
 * Immutable.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64 = 0x06064b50;
  private static final int ENTRY = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT_BYTES = 0xFFFF;
  private static final int ZIP64_FIELD = 1;
  private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

  private final MappedBytes file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ZipDirectory(MappedBytes file) {
    this.file = file;
  }

  /** One entry: where its local header is, how long its content. */
  private record Entry(long header, long length, int crc) {}

  /**
   * Reads a directory.
   *
   * @throws WeightsException if the file is no zip, or cut off, or has an entry that is not stored
   */
  static ZipDirectory read(MappedBytes file) {
    ZipDirectory directory = new ZipDirectory(file);
    long end = directory.findEnd();
    ByteBuffer record = file.slice(end, END_BYTES);
    long size = Integer.toUnsignedLong(record.getInt(12));
    long start = Integer.toUnsignedLong(record.getInt(16));
    long locator = end - LOCATOR_BYTES;
    if (locator >= 0 && file.slice(locator, 4).getInt(0) == END64_LOCATOR) {
      ByteBuffer end64 = file.slice(file.slice(locator, LOCATOR_BYTES).getLong(8), 56);
      if (end64.getInt(0) != END64) {
        throw directory.broken("its zip64 end is missing");
      }
      size = end64.getLong(40);
      start = end64.getLong(48);
    }
    directory.readEntries(file.slice(start, size));
    return directory;
  }

  /** Its file's name, for messages. */
  String name() {
    return file.name();
  }

  private long findEnd() {
    long first = Math.max(0, file.size() - END_BYTES - MAX_COMMENT_BYTES);
    for (long at = file.size() - END_BYTES; at >= first; at--) {
      ByteBuffer record = file.slice(at, END_BYTES);
      int comment = Short.toUnsignedInt(record.getShort(20));
      if (record.getInt(0) == END && at + END_BYTES + comment == file.size()) {
        return at;
      }
    }
    throw new WeightsException(
        file.name()
            + ": no end of a zip file; cut off, or not written by torch.save"
            + " (expected: a file of PyTorch 1.6 or later)");
  }

  private void readEntries(ByteBuffer directory) {
    int at = 0;
    long total = 0;
    while (at < directory.limit()) {
      if (directory.limit() - at < ENTRY_BYTES || directory.getInt(at) != ENTRY) {
        throw broken("its directory is damaged at byte " + at);
      }
      int nameBytes = Short.toUnsignedInt(directory.getShort(at + 28));
      int extraBytes = Short.toUnsignedInt(directory.getShort(at + 30));
      int commentBytes = Short.toUnsignedInt(directory.getShort(at + 32));
      int next = at + ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
      if (next > directory.limit()) {
        throw broken("its directory is damaged at byte " + at);
      }
      ByteBuffer fields = directory.slice(at, ENTRY_BYTES).order(directory.order());
      ByteBuffer extra =
          directory.slice(at + ENTRY_BYTES + nameBytes, extraBytes).order(directory.order());
      byte[] name = new byte[nameBytes];
      directory.get(at + ENTRY_BYTES, name);
      total += add(new String(name, StandardCharsets.UTF_8), fields, extra);
      if (total > file.size()) {
        throw broken("its entries overlap");
      }
      at = next;
    }
  }

  private long add(String name, ByteBuffer fields, ByteBuffer extra) {
    boolean encrypted = (fields.getShort(8) & 1) != 0;
    int method = Short.toUnsignedInt(fields.getShort(10));
    Wide wide = new Wide(extra);
    long length = wide.field(fields.getInt(24));
    long stored = wide.field(fields.getInt(20));
    long header = wide.field(fields.getInt(42));
    if (encrypted || method != 0 || stored != length) {
      throw broken("entry " + name + " is compressed or encrypted");
    }
    Entry entry = new Entry(header, length, fields.getInt(16));
    if (length < 0 || length > file.size() || entries.put(name, entry) != null) {
      throw broken("entry " + name + " of " + length + " bytes is there twice or too long");
    }
    return length;
  }

  /** The fields that are 64 bits wide, in the order in which they must be asked for. */
  private final class Wide {
    private final ByteBuffer extra;
    private int at = -1;
    private int end;

    Wide(ByteBuffer extra) {
      this.extra = extra;
      int field = 0;
      while (field + 4 <= extra.limit()) {
        int length = Short.toUnsignedInt(extra.getShort(field + 2));
        if (extra.getShort(field) == ZIP64_FIELD && field + 4 + length <= extra.limit()) {
          at = field + 4;
          end = at + length;
        }
        field += 4 + length;
      }
    }

    long field(int narrow) {
      long value = Integer.toUnsignedLong(narrow);
      if (value != UNSIGNED_INT || at < 0) {
        return value;
      }
      if (at + 8 > end) {
        throw broken("a zip64 field is cut off");
      }
      at += 8;
      return extra.getLong(at - 8);
    }
  }

  /** The names of all entries. */
  Iterable<String> names() {
    return entries.keySet();
  }

  boolean has(String entry) {
    return entries.containsKey(entry);
  }

  /**
   * The content of an entry, its checksum verified.
   *
   * @throws WeightsException if there is none, or it is damaged
   */
  ByteBuffer content(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw broken("entry " + name + " is missing");
    }
    ByteBuffer local = file.slice(entry.header(), LOCAL_BYTES);
    if (local.getInt(0) != LOCAL) {
      throw broken("entry " + name + " is not at byte " + entry.header());
    }
    long names = Short.toUnsignedInt(local.getShort(26));
    long extras = Short.toUnsignedInt(local.getShort(28));
    ByteBuffer content = file.slice(entry.header() + LOCAL_BYTES + names + extras, entry.length());
    CRC32 crc = new CRC32();
    crc.update(content.duplicate());
    if ((int) crc.getValue() != entry.crc()) {
      throw broken("entry " + name + " does not match its checksum");
    }
    return content;
  }

  private WeightsException broken(String fault) {
    return new WeightsException(
        file.name() + ": " + fault + " (expected: a whole zip file as torch.save writes it)");
  }
}
