package dev.cascadefarm.diffusion.graph;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the few pickle (protocol 2) instructions that a TorchScript archive needs. */
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Pickle() {
    write(0x80, 2);
  }

  Pickle global(String module, String name) {
    return write('c').bytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  Pickle text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return write('X').littleEndian(utf8.length).bytes(utf8);
  }

  Pickle number(long number) {
    if (number >= 0 && number <= 0xFFFF) {
      return write('M', (int) number & 0xFF, (int) (number >> 8));
    }
    return write('J').littleEndian(Math.toIntExact(number));
  }

  Pickle bool(boolean value) {
    return write(value ? 0x88 : 0x89);
  }

  Pickle mark() {
    return write('(');
  }

  Pickle tuple() {
    return write('t');
  }

  Pickle tuple(long[] numbers) {
    mark();
    for (long each : numbers) {
      number(each);
    }
    return tuple();
  }

  Pickle emptyTuple() {
    return write(')');
  }

  Pickle emptyDict() {
    return write('}');
  }

  Pickle newObject() {
    return write(0x81);
  }

  Pickle persistentId() {
    return write('Q');
  }

  Pickle reduce() {
    return write('R');
  }

  Pickle setItems() {
    return write('u');
  }

  Pickle build() {
    return write('b');
  }

  byte[] stop() {
    write('.');
    return out.toByteArray();
  }

  private Pickle littleEndian(int number) {
    return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  private Pickle bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  private Pickle write(int... opcodes) {
    for (int each : opcodes) {
      out.write(each);
    }
    return this;
  }
}
