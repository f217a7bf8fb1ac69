package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * A list of pictures with captions. The same index always gives the same example. Used by one
 * thread at a time.
 */
public interface CaptionedPictures {
  /** The count of a list whose examples are drawn when asked for. */
  long ENDLESS = Long.MAX_VALUE;

  /** How many examples there are, at least 1. */
  long count();

  /** The caption of an example; never blank. */
  String caption(long index);

  /**
   * The picture of an example.
   *
   * @param side wanted, in pixels
   * @return {@code (3, side, side)} in [0, 1]
   * @throws DataException if it cannot be had any more
   */
  HostTensor picture(long index, int side);
}
