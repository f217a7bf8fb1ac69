package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.stage.HostTensor;

/** The first examples of a list. */
public record FirstPictures(CaptionedPictures all, long most) implements CaptionedPictures {
  @Override
  public long count() {
    return Math.min(most, all.count());
  }

  @Override
  public String caption(long index) {
    return all.caption(index);
  }

  @Override
  public HostTensor picture(long index, int side) {
    return all.picture(index, side);
  }
}
