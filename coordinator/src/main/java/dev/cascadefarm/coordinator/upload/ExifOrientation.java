package dev.cascadefarm.coordinator.upload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The one field of EXIF that changes how a picture looks. */
final class ExifOrientation {
  private static final int UPRIGHT = 1;
  private static final short BIG_ENDIAN = 0x4d4d;
  private static final short LITTLE_ENDIAN = 0x4949;
  private static final int MAGIC = 42;
  private static final int FIRST_DIRECTORY = 4;
  private static final int ENTRY = 12;
  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int VALUE = 8;

  private ExifOrientation() {}

  /**
   * Reads the orientation out of an EXIF block, which begins with its byte order.
   *
   * @return 1 to 8; 1, upright, if the block says nothing or cannot be read, as viewers take it
   */
  static int of(byte[] file, int from, int length) {
    ByteBuffer block = ByteBuffer.wrap(file, from, length).slice();
    try {
      short order = block.getShort(0);
      if (order != BIG_ENDIAN && order != LITTLE_ENDIAN) {
        return UPRIGHT;
      }
      block.order(order == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      return block.getShort(2) == MAGIC ? find(block) : UPRIGHT;
    } catch (IndexOutOfBoundsException e) {
      return UPRIGHT;
    }
  }

  private static int find(ByteBuffer block) {
    int directory = block.getInt(FIRST_DIRECTORY);
    int entries = Short.toUnsignedInt(block.getShort(directory));
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + i * ENTRY;
      if (Short.toUnsignedInt(block.getShort(entry)) == TAG && block.getShort(entry + 2) == SHORT) {
        int value = block.getShort(entry + VALUE);
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
