package dev.cascadefarm.coordinator.upload;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Walks over the segments of a JPEG file up to its end marker. Segments that pixels do not need,
 * and whatever follows the end, are left out. One walk.
 */
final class JpegSegments {
  private static final String FORM = "JPEG";
  private static final String EXIF = "Exif\0\0";

  /** Many times what encoders write; each costs a pass over all pixels. */
  private static final int MAX_SCANS = 64;

  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int SCAN = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;

  private final byte[] file;
  private final UploadLimits limits;
  private final ByteArrayOutputStream essence;
  private int at = 2;
  private int scans;
  private int width;
  private int height;
  private int orientation = 1;

  JpegSegments(byte[] file, UploadLimits limits) {
    this.file = file;
    this.limits = limits;
    this.essence = new ByteArrayOutputStream(file.length);
  }

  PictureFile read() {
    essence.write(file, 0, 2);
    for (int marker = marker(); marker != END; marker = marker()) {
      segment(marker);
    }
    if (width == 0 || scans == 0) {
      throw PictureFile.damaged(FORM, "no picture in it");
    }
    essence.write(0xff);
    essence.write(END);
    return new PictureFile(PictureType.JPEG, width, height, orientation, essence.toByteArray());
  }

  /** Steps over the next marker. */
  private int marker() {
    if (byteAt(at) != 0xff) {
      throw PictureFile.damaged(FORM, "bytes between its segments");
    }
    while (byteAt(at) == 0xff) {
      at++;
    }
    return byteAt(at++);
  }

  private void segment(int marker) {
    if (marker == 0 || marker == START || isRestart(marker)) {
      throw PictureFile.damaged(FORM, "a marker in the wrong place");
    }
    int data = at + 2;
    int length = shortAt(at) - 2;
    if (length < 0 || data + length > file.length) {
      throw PictureFile.truncated(FORM);
    }
    if (isFrame(marker)) {
      frame(marker, data, length);
    }
    if (marker == APP1 && startsWith(EXIF, data, length)) {
      orientation = ExifOrientation.of(file, data + EXIF.length(), length - EXIF.length());
    }
    at = data + length;
    if (marker == SCAN) {
      scan();
    }
    if (isNeeded(marker, data, length)) {
      essence.write(0xff);
      essence.write(marker);
      essence.write(file, data - 2, at - data + 2);
    }
  }

  private void frame(int marker, int data, int length) {
    if (length < 6 || width != 0) {
      throw PictureFile.damaged(FORM, "a frame header that is cut or comes twice");
    }
    limits.requireFits(shortAt(data + 3), shortAt(data + 1));
    int bits = byteAt(data);
    int components = byteAt(data + 5);
    boolean known = marker <= 0xc2 && bits == 8 && (components == 1 || components == 3);
    if (!known) {
      throw InvalidPictureException.type(
          "JPEG of %d bits and %d components, process %d"
              .formatted(bits, components, marker - 0xc0),
          "8 bits, gray or colour, baseline or progressive");
    }
    width = shortAt(data + 3);
    height = shortAt(data + 1);
  }

  /** Steps over coded pixels: there a marker is an 0xff that neither 0 nor a restart follows. */
  private void scan() {
    if (++scans > MAX_SCANS) {
      throw InvalidPictureException.content(
          "JPEG of more than " + MAX_SCANS + " scans", "at most that many");
    }
    while (byteAt(at) != 0xff || byteAt(at + 1) == 0 || isRestart(byteAt(at + 1))) {
      at++;
    }
  }

  private boolean isNeeded(int marker, int data, int length) {
    return switch (marker) {
      case APP0 -> startsWith("JFIF\0", data, length);
      case APP14 -> startsWith("Adobe", data, length);
      default -> marker < APP0;
    };
  }

  private static boolean isRestart(int marker) {
    return marker >= 0xd0 && marker <= 0xd7;
  }

  /** Among the markers of frames lie those of tables: 0xc4 and 0xcc, and the unused 0xc8. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private boolean startsWith(String word, int data, int length) {
    return length >= word.length()
        && word.equals(new String(file, data, word.length(), StandardCharsets.ISO_8859_1));
  }

  private int shortAt(int index) {
    return byteAt(index) << 8 | byteAt(index + 1);
  }

  private int byteAt(int index) {
    if (index >= file.length) {
      throw PictureFile.truncated(FORM);
    }
    return file[index] & 0xff;
  }
}
