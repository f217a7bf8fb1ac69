package dev.cascadefarm.diffusion.scenes;

/**
 * Surface pattern of an object, anchored to the picture's grid. A bold pattern has mean zero over
 * an aligned cell of 4×4 canvas pixels, so it is invisible at 16 pixels; a fine one is the same
 * four times smaller, has mean zero over every canvas pixel, and is invisible below 256.
 */
public enum Texture {
  PLAIN(Pattern.NONE, false),
  HORIZONTALLY_STRIPED(Pattern.ROWS, false),
  VERTICALLY_STRIPED(Pattern.COLUMNS, false),
  CHECKERED(Pattern.CHECKS, false),
  RULED(Pattern.ROWS, true),
  PINSTRIPED(Pattern.COLUMNS, true),
  DOTTED(Pattern.CHECKS, true);

  /** How far a texture brightens or darkens a colour, in percent of the full range. */
  static final int AMPLITUDE_PERCENT = 11;

  /** Times that a fine pattern is smaller than a bold one. */
  static final int FINENESS = 4;

  private final Pattern pattern;
  private final boolean fine;

  Texture(Pattern pattern, boolean fine) {
    this.pattern = pattern;
    this.fine = fine;
  }

  private enum Pattern {
    NONE,
    ROWS,
    COLUMNS,
    CHECKS
  }

  /** Whether it shows at 256 pixels only. */
  public boolean fine() {
    return fine;
  }

  /** A fine texture as it looks under a magnifying glass, its bold twin; plain for the others. */
  public Texture magnified() {
    return switch (this) {
      case RULED -> HORIZONTALLY_STRIPED;
      case PINSTRIPED -> VERTICALLY_STRIPED;
      case DOTTED -> CHECKERED;
      default -> PLAIN;
    };
  }

  /** +1, −1 or 0 at a canvas pixel; at a point, a quarter of one, where the texture is fine. */
  int sign(int x, int y) {
    int bit =
        switch (pattern) {
          case NONE -> -1;
          case ROWS -> y & 2;
          case COLUMNS -> x & 2;
          case CHECKS -> (x ^ y) & 2;
        };
    return bit < 0 ? 0 : 1 - bit;
  }

  /** Words of the caption; a plain object is not called plain, so it has none. */
  public String words() {
    return this == PLAIN ? "" : Words.of(this);
  }
}
