package dev.cascadefarm.diffusion.scenes;

/**
 * Surface pattern of an object, anchored to the canvas grid. Every pattern has mean zero over an
 * aligned cell of 4×4 canvas pixels, so it is invisible at 16 pixels.
 */
public enum Texture {
  PLAIN {
    @Override
    int sign(int x, int y) {
      return 0;
    }
  },
  HORIZONTALLY_STRIPED {
    @Override
    int sign(int x, int y) {
      return (y & 2) == 0 ? 1 : -1;
    }
  },
  VERTICALLY_STRIPED {
    @Override
    int sign(int x, int y) {
      return (x & 2) == 0 ? 1 : -1;
    }
  },
  CHECKERED {
    @Override
    int sign(int x, int y) {
      return ((x ^ y) & 2) == 0 ? 1 : -1;
    }
  };

  /** How far a texture brightens or darkens a colour, in percent of the full range. */
  static final int AMPLITUDE_PERCENT = 11;

  /** +1, −1 or 0 at a canvas pixel. */
  abstract int sign(int x, int y);

  /** Words of the caption; a plain object is not called plain, so it has none. */
  public String words() {
    return this == PLAIN ? "" : Words.of(this);
  }
}
