package dev.cascadefarm.diffusion.stage;

/** A tensor whose numbers may lie elsewhere, in a file of any size, until they are asked for. */
public interface StoredTensor {
  /** Sizes, outermost first. */
  long[] shape();

  /** Its numbers as float32, row-major, in the heap. */
  HostTensor read();

  /** The same numbers, row-major, in another shape of as many. */
  default StoredTensor reshaped(long... shape) {
    StoredTensor whole = this;
    return new StoredTensor() {
      @Override
      public long[] shape() {
        return shape.clone();
      }

      @Override
      public HostTensor read() {
        return new HostTensor(shape(), whole.read().data());
      }
    };
  }
}
