package dev.cascadefarm.diffusion.graph;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the few pickle (protocol 2) instructions that PyTorch's archives need; each method appends
 * one. Not thread-safe.
 */
public final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Pickle() {
    write(0x80, 2);
  }

  public Pickle global(String module, String name) {
    return write('c').bytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public Pickle text(String text) {
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

  public Pickle mark() {
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

  public Pickle emptyTuple() {
    return write(')');
  }

  public Pickle emptyDict() {
    return write('}');
  }

  public Pickle newObject() {
    return write(0x81);
  }

  Pickle persistentId() {
    return write('Q');
  }

  public Pickle reduce() {
    return write('R');
  }

  public Pickle setItems() {
    return write('u');
  }

  public Pickle build() {
    return write('b');
  }

  /**
   * A float32 tensor in row-major order.
   *
   * @param index of the entry that holds its numbers, {@code data/INDEX}
   * @param gradient whether it takes a gradient
   */
  public Pickle tensor(int index, long[] shape, boolean gradient) {
    long[] strides = new long[shape.length];
    long size = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = size;
      size *= shape[i];
    }
    global("torch._utils", "_rebuild_tensor_v2").mark();
    mark().text("storage").global("torch", "FloatStorage").text(Integer.toString(index));
    text("cpu").number(size).tuple().persistentId();
    number(0).tuple(shape).tuple(strides);
    bool(gradient).global("collections", "OrderedDict").emptyTuple().reduce();
    return tuple().reduce();
  }

  /**
   * The one object of another pickle of the same protocol, which must keep its notes to itself.
   *
   * @throws GraphException if that is no whole pickle
   */
  public Pickle object(byte[] pickle) {
    int last = pickle.length - 1;
    if (last < 2 || (pickle[0] & 0xFF) != 0x80 || pickle[1] != 2 || pickle[last] != '.') {
      throw new GraphException("pickle: damaged (expected: a whole one of protocol 2)");
    }
    return bytes(Arrays.copyOfRange(pickle, 2, last));
  }

  /** The whole pickle; nothing may follow. */
  public byte[] stop() {
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
