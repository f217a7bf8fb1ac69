package dev.cascadefarm.diffusion.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds {@code .pth} files by hand, honest and hostile. */
final class TorchArchive {
  private TorchArchive() {}

  /** A zip file of stored entries. */
  static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(each.getKey());
        CRC32 crc = new CRC32();
        crc.update(each.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(each.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(each.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A file with that pickle and one storage of 16 bytes, {@code data/0}. */
  static byte[] file(byte[] pickle) {
    return zip(Map.of("x/data.pkl", pickle, "x/data/0", new byte[16]));
  }

  /**
   * A pickle from words: texts in quotes as BINUNICODE, decimal numbers as BININT, names with a
   * colon as GLOBAL, all else as bytes in hexadecimal.
   */
  static byte[] pickle(String words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 2});
    Arrays.stream(words.trim().split("\\s+")).forEach(word -> out.writeBytes(bytes(word)));
    return out.toByteArray();
  }

  private static byte[] bytes(String word) {
    if (word.startsWith("'")) {
      byte[] text = word.substring(1, word.length() - 1).getBytes(StandardCharsets.UTF_8);
      return join('X', littleEndian(text.length), text);
    }
    if (word.startsWith("#")) {
      return join('J', littleEndian((int) Long.parseLong(word.substring(1))), new byte[0]);
    }
    if (word.contains(":")) {
      String lines = word.replace(':', '\n') + "\n";
      return join('c', lines.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }
    return word.length() == 1
        ? word.getBytes(StandardCharsets.US_ASCII)
        : HexFormat.of().parseHex(word);
  }

  private static byte[] littleEndian(int number) {
    return new byte[] {
      (byte) number, (byte) (number >> 8), (byte) (number >> 16), (byte) (number >> 24)
    };
  }

  private static byte[] join(char opcode, byte[] first, byte[] second) {
    byte[] joined = new byte[1 + first.length + second.length];
    joined[0] = (byte) opcode;
    System.arraycopy(first, 0, joined, 1, first.length);
    System.arraycopy(second, 0, joined, 1 + first.length, second.length);
    return joined;
  }
}
