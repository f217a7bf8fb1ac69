package dev.cascadefarm.diffusion.stage;

import java.util.Arrays;

/**
 * A float32 tensor in host memory, row-major. The array is not copied: whoever makes one hands it
 * over.
 *
 * @param shape sizes, outermost first
 */
public record HostTensor(long[] shape, float[] data) implements StoredTensor {
  public HostTensor {
    long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (size != data.length || Arrays.stream(shape).anyMatch(each -> each < 0)) {
      throw new IllegalArgumentException(
          "shape: " + Arrays.toString(shape) + " (expected: " + data.length + " elements)");
    }
  }

  /** A tensor of that shape over {@code data}. */
  public static HostTensor of(float[] data, long... shape) {
    return new HostTensor(shape, data);
  }

  @Override
  public HostTensor read() {
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "HostTensor" + Arrays.toString(shape);
  }
}
