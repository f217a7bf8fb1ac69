package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.EpochOrder;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which examples make which batch: the training examples epoch after epoch, each shuffled anew.
 *
 * @param size examples in a batch
 */
record PictureBatches(CaptionedPictures pictures, EpochOrder order, int size) {
  /** Batches in training order. */
  static PictureBatches shuffled(CaptionedPictures pictures, int size, long seed) {
    return new PictureBatches(pictures, new EpochOrder(pictures.count(), seed), size);
  }

  /** Indices of the examples of a batch. */
  long[] indices(long number) {
    return LongStream.range(number * size, (number + 1) * size).map(order::index).toArray();
  }

  List<String> captions(long[] indices) {
    return LongStream.of(indices).mapToObj(pictures::caption).toList();
  }
}
