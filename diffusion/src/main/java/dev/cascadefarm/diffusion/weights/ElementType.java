package dev.cascadefarm.diffusion.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/** Element types of weights files, by their names in safetensors; all can become float32. */
public enum ElementType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** The number at a byte, as the nearest float32. */
  float read(ByteBuffer buffer, int offset) {
    return switch (this) {
      case F64 -> (float) buffer.getDouble(offset);
      case F32 -> buffer.getFloat(offset);
      case F16 -> halfToFloat(buffer.getShort(offset));
      case BF16 -> Float.intBitsToFloat(buffer.getShort(offset) << 16);
      case I64, I32, I16, I8, U8, BOOL -> readLong(buffer, offset);
    };
  }

  /** Reads as many numbers as {@code values} takes, one after the other from the first byte. */
  void decode(ByteBuffer buffer, float[] values) {
    if (this == F32) {
      buffer.asFloatBuffer().get(values);
      return;
    }
    if (this == F16 || this == BF16) {
      decodeShorts(buffer, values);
      return;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = read(buffer, i * bytes);
    }
  }

  private void decodeShorts(ByteBuffer buffer, float[] values) {
    boolean half = this == F16;
    ShortBuffer shorts = buffer.asShortBuffer();
    for (int i = 0; i < values.length; i++) {
      short each = shorts.get(i);
      values[i] = half ? halfToFloat(each) : Float.intBitsToFloat(each << 16);
    }
  }

  /** The whole number at a byte, exact; 1 for true. */
  long readLong(ByteBuffer buffer, int offset) {
    return switch (this) {
      case I64 -> buffer.getLong(offset);
      case I32 -> buffer.getInt(offset);
      case I16 -> buffer.getShort(offset);
      case I8 -> buffer.get(offset);
      case U8 -> Byte.toUnsignedInt(buffer.get(offset));
      case BOOL -> buffer.get(offset) == 0 ? 0 : 1;
      case F64, F32, F16, BF16 ->
          throw new WeightsException("dtype: " + this + " (expected: whole numbers)");
    };
  }

  /** Values one after the other, as F32 or F16, little-endian. */
  byte[] encode(float[] values) {
    ByteBuffer encoded =
        ByteBuffer.allocate(Math.multiplyExact(values.length, bytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (this == F32) {
      encoded.asFloatBuffer().put(values);
      return encoded.array();
    }
    for (float each : values) {
      write(encoded, each);
    }
    return encoded.array();
  }

  void write(ByteBuffer buffer, float value) {
    switch (this) {
      case F32 -> buffer.putFloat(value);
      case F16 -> buffer.putShort(floatToHalf(value));
      case F64, BF16, I64, I32, I16, I8, U8, BOOL ->
          throw new WeightsException(
              "dtype: " + this + " cannot be written (expected: F32 or F16)");
    }
  }

  /** IEEE 754 binary16 to binary32, exact. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    int wide = exponent == 0x1F ? 0xFF : exponent + 112;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  /** IEEE 754 binary32 to binary16, to the nearest, ties to even; overflow becomes infinity. */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7E00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int rounded = bits + 0xFFF + (bits >>> 13 & 1);
    return (short) (sign | ((rounded & 0x7FFFFFFF) >>> 13) - (112 << 10));
  }
}
