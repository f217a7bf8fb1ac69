package dev.cascadefarm.diffusion.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cascadefarm.diffusion.stage.HostTensor;

/** How a small picture is brought to the size of the picture that is drawn over it. */
public enum Enlargement {
  /** As {@link Resize}: may overshoot the range of the picture a little. */
  @JsonProperty("cubic")
  CUBIC {
    @Override
    public HostTensor apply(HostTensor picture, int side) {
      return new Resize((int) picture.shape()[1], side).apply(picture);
    }
  },

  /**
   * The same, but what lies beyond the border has no weight instead of being reflected, as Pillow
   * and PyTorch's antialiased resampling have it.
   */
  @JsonProperty("cubic_cut")
  CUBIC_CUT {
    @Override
    public HostTensor apply(HostTensor picture, int side) {
      return Resize.cut((int) picture.shape()[1], side).apply(picture);
    }
  },

  /** Bilinear, corners on corners, as DeepFloyd IF was taught. */
  @JsonProperty("bilinear")
  BILINEAR {
    @Override
    public HostTensor apply(HostTensor picture, int side) {
      return new Bilinear((int) picture.shape()[1], side).apply(picture);
    }
  };

  /**
   * The picture at another size.
   *
   * @param picture {@code (C, h, h)}
   * @return {@code (C, side, side)}
   */
  public abstract HostTensor apply(HostTensor picture, int side);
}
