package dev.cascadefarm.coordinator.upload;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Walks over the chunks of a PNG file: each must be whole and fit its checksum. Chunks that pixels
 * do not need are left out, so that nothing compressed inside them is ever unpacked. One walk.
 */
final class PngChunks {
  private static final String FORM = "PNG";
  private static final int SIGNATURE = 8;
  private static final int FRAME = 12; // length, type, checksum
  private static final int HEADER = 13;
  private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

  private final byte[] file;
  private final UploadLimits limits;
  private final ByteBuffer in;
  private final ByteArrayOutputStream essence;
  private int width;
  private int height;
  private int orientation = 1;

  PngChunks(byte[] file, UploadLimits limits) {
    this.file = file;
    this.limits = limits;
    this.in = ByteBuffer.wrap(file).position(SIGNATURE);
    this.essence = new ByteArrayOutputStream(file.length);
  }

  PictureFile read() {
    essence.write(file, 0, SIGNATURE);
    String type;
    do {
      type = chunk();
    } while (!type.equals("IEND"));
    return new PictureFile(PictureType.PNG, width, height, orientation, essence.toByteArray());
  }

  /** Takes the next chunk; its type. */
  private String chunk() {
    int start = in.position();
    if (in.remaining() < FRAME) {
      throw PictureFile.truncated(FORM);
    }
    long length = Integer.toUnsignedLong(in.getInt());
    String type = new String(file, in.position(), 4, StandardCharsets.ISO_8859_1);
    in.position(in.position() + 4);
    if (type.equals("IHDR") != (start == SIGNATURE)) {
      throw PictureFile.damaged(FORM, "its header missing or in the wrong place");
    }
    int data = in.position();
    if (type.equals("IHDR") && length == HEADER && in.remaining() >= HEADER) {
      size(data);
    }
    if (length > in.remaining() - 4) {
      throw PictureFile.truncated(FORM);
    }
    in.position(data + (int) length);
    requireChecksum(type, data - 4, (int) length + 4);
    take(type, data, (int) length);
    if (NEEDED.contains(type)) {
      essence.write(file, start, in.position() - start);
    }
    return type;
  }

  private void size(int data) {
    long wide = Integer.toUnsignedLong(in.getInt(data));
    long high = Integer.toUnsignedLong(in.getInt(data + 4));
    limits.requireFits(wide, high);
    width = (int) wide;
    height = (int) high;
  }

  private void requireChecksum(String type, int from, int length) {
    CRC32 sum = new CRC32();
    sum.update(file, from, length);
    if (sum.getValue() != Integer.toUnsignedLong(in.getInt())) {
      throw PictureFile.damaged(FORM, "a chunk that does not fit its checksum: " + shown(type));
    }
  }

  private void take(String type, int data, int length) {
    switch (type) {
      case "IHDR" -> {
        if (length != HEADER) {
          throw PictureFile.damaged(FORM, "a header of " + length + " bytes");
        }
      }
      case "acTL" -> throw InvalidPictureException.type("animated PNG", "a picture that stands");
      case "eXIf" -> orientation = ExifOrientation.of(file, data, length);
      default -> {
        // Everything else is the decoder's business, or nobody's.
      }
    }
  }

  private static String shown(String type) {
    return type.chars().allMatch(c -> c > 0x20 && c < 0x7f) ? type : "of no known type";
  }
}
