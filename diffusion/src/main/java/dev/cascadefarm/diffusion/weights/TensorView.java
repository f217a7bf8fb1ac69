package dev.cascadefarm.diffusion.weights;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tensor where it lies in a file: its numbers are read, and turned into float32, when asked for.
 * The file must not shrink meanwhile. Immutable and thread-safe.
 */
public final class TensorView implements StoredTensor {
  /** The most elements of one tensor. */
  static final int MAX_ELEMENTS = 1 << 28;

  private static final int MAX_DIMENSIONS = 64;
  private static final int PIECE_ELEMENTS = 1 << 16;

  private final ElementType type;
  private final long[] shape;
  private final long[] strides;
  private final ByteBuffer storage;
  private final int offset;

  private TensorView(
      ElementType type, long[] shape, long[] strides, ByteBuffer storage, int offset) {
    this.type = type;
    this.shape = shape;
    this.strides = strides;
    this.storage = storage;
    this.offset = offset;
  }

  /**
   * A row-major tensor that fills {@code storage}.
   *
   * @throws WeightsException if it does not
   */
  static TensorView of(ElementType type, long[] shape, ByteBuffer storage) {
    if (count(shape) * type.bytes() != storage.limit()) {
      throw new WeightsException(
          "shape %s of %s (expected: %d bytes)"
              .formatted(Arrays.toString(shape), type, storage.limit()));
    }
    return of(type, new Layout(0, shape, rowMajor(shape)), storage);
  }

  /**
   * Where a tensor's elements lie in its storage.
   *
   * @param offset of the first, in elements
   * @param strides from one element to the next along each dimension, in elements
   */
  record Layout(long offset, long[] shape, long[] strides) {}

  /**
   * Any tensor within {@code storage}.
   *
   * @throws WeightsException if an element lies outside, or there are too many
   */
  static TensorView of(ElementType type, Layout layout, ByteBuffer storage) {
    long elements = storage.limit() / type.bytes();
    long last = last(layout);
    if (layout.offset() < 0 || layout.offset() > elements || last >= elements) {
      throw new WeightsException(
          "offset %d, shape %s, strides %s (expected: within the %d elements of its storage)"
              .formatted(
                  layout.offset(),
                  Arrays.toString(layout.shape()),
                  Arrays.toString(layout.strides()),
                  elements));
    }
    return new TensorView(
        type,
        layout.shape().clone(),
        layout.strides().clone(),
        storage,
        Math.toIntExact(layout.offset()));
  }

  /** The greatest index of an element, -1 if there is none. */
  private static long last(Layout layout) {
    long count = count(layout.shape());
    if (layout.strides().length != layout.shape().length
        || Arrays.stream(layout.strides()).anyMatch(each -> each < 0)) {
      throw new WeightsException(
          "strides %s of shape %s (expected: one >= 0 per dimension)"
              .formatted(Arrays.toString(layout.strides()), Arrays.toString(layout.shape())));
    }
    if (count == 0) {
      return -1;
    }
    try {
      long last = layout.offset();
      for (int i = 0; i < layout.shape().length; i++) {
        long way = Math.multiplyExact(layout.shape()[i] - 1, layout.strides()[i]);
        last = Math.addExact(last, way);
      }
      return last;
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Elements of a tensor of that shape.
   *
   * @throws WeightsException if a size is negative, or there are too many
   */
  static long count(long[] shape) {
    if (shape.length > MAX_DIMENSIONS) {
      throw new WeightsException(
          "shape of %d dimensions (expected: at most %d)".formatted(shape.length, MAX_DIMENSIONS));
    }
    long count = 1;
    for (long each : shape) {
      if (each < 0 || (each != 0 && count > MAX_ELEMENTS / each)) {
        throw new WeightsException(
            "shape %s (expected: sizes >= 0, at most %d elements)"
                .formatted(Arrays.toString(shape), MAX_ELEMENTS));
      }
      count *= each;
    }
    return count;
  }

  private static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  public ElementType type() {
    return type;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public int size() {
    return (int) count(shape);
  }

  @Override
  public HostTensor read() {
    float[] values = new float[size()];
    if (isRowMajor()) {
      type.decode(piece(0, values.length), values);
    } else {
      each((index, element) -> values[index] = type.read(storage, element * type.bytes()));
    }
    return new HostTensor(shape(), values);
  }

  /**
   * Writes its numbers one after the other, as F32 or F16; if they lie so in the file, through
   * little memory.
   */
  void writeTo(WritableByteChannel out, ElementType wanted) throws IOException {
    if (!isRowMajor()) {
      out.write(ByteBuffer.wrap(wanted.encode(read().data())));
    } else if (type == wanted) {
      out.write(piece(0, size()));
    } else {
      for (int start = 0; start < size(); start += PIECE_ELEMENTS) {
        float[] values = new float[Math.min(PIECE_ELEMENTS, size() - start)];
        type.decode(piece(start, values.length), values);
        out.write(ByteBuffer.wrap(wanted.encode(values)));
      }
    }
  }

  /** Some numbers as they lie in the file, if they lie there one after the other. */
  private ByteBuffer piece(int start, int count) {
    return storage
        .slice((offset + start) * type.bytes(), count * type.bytes())
        .order(storage.order())
        .asReadOnlyBuffer()
        .order(storage.order());
  }

  /** Reads each tensor as float32, in the same order. */
  static Map<String, HostTensor> readAll(Map<String, TensorView> views) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    views.forEach((path, view) -> tensors.put(path, view.read()));
    return tensors;
  }

  /**
   * Its whole numbers, exact, row-major, in the heap.
   *
   * @throws WeightsException if the tensor holds fractions
   */
  public long[] readLongs() {
    long[] values = new long[size()];
    each((index, element) -> values[index] = type.readLong(storage, element * type.bytes()));
    return values;
  }

  private boolean isRowMajor() {
    long[] expected = rowMajor(shape);
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] > 1 && strides[i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(int index, int element);
  }

  /** Visits all elements in row-major order, with their places in the storage. */
  private void each(Visitor visitor) {
    long[] position = new long[shape.length];
    long element = offset;
    int count = size();
    for (int index = 0; index < count; index++) {
      visitor.visit(index, (int) element);
      for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
        element += strides[dimension];
        if (++position[dimension] < shape[dimension]) {
          break;
        }
        element -= position[dimension] * strides[dimension];
        position[dimension] = 0;
      }
    }
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
