package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.stage.HostTensor;
import org.jspecify.annotations.Nullable;

/**
 * Examples to learn from and others to judge by; no example is in both.
 *
 * @param validation absent where nothing is set aside
 */
public record DataSplit(CaptionedPictures training, @Nullable CaptionedPictures validation) {
  /** Where the validation examples of an endless list start, and how many they are. */
  private static final long ENDLESS_START = 1L << 40;

  private static final long ENDLESS_COUNT = 1000;

  /**
   * Sets a share aside, chosen by the seed.
   *
   * @param share for validation, 0 to below 1; at least one example if it is not 0
   */
  public static DataSplit of(CaptionedPictures all, double share, long seed) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "validation share: " + share + " (expected: 0 to below 1)");
    }
    if (share == 0) {
      return new DataSplit(all, null);
    }
    if (all.count() == CaptionedPictures.ENDLESS) {
      return new DataSplit(all, new Part(all, ENDLESS_START, ENDLESS_COUNT, null));
    }
    long aside = Math.max(1, Math.round(share * all.count()));
    if (aside >= all.count()) {
      throw new DataException(
          "%d examples, %d of them for validation (expected: some left to learn from)"
              .formatted(all.count(), aside));
    }
    EpochOrder order = new EpochOrder(all.count(), seed);
    return new DataSplit(
        new Part(all, aside, all.count() - aside, order), new Part(all, 0, aside, order));
  }

  /** A stretch of a list, or of its order. */
  private record Part(CaptionedPictures all, long start, long count, @Nullable EpochOrder order)
      implements CaptionedPictures {
    @Override
    public String caption(long index) {
      return all.caption(place(index));
    }

    @Override
    public HostTensor picture(long index, int side) {
      return all.picture(place(index), side);
    }

    private long place(long index) {
      return order == null ? start + index : order.place(0, start + index);
    }
  }
}
