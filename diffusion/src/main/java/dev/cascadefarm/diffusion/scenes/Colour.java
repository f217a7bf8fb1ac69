package dev.cascadefarm.diffusion.scenes;

/**
 * Colour of an object. Pure colours (percent per channel) are drawn into the middle of the range,
 * so that a texture can brighten and darken them without clipping.
 */
public enum Colour {
  RED(100, 0, 0),
  GREEN(0, 75, 10),
  BLUE(0, 10, 100),
  YELLOW(100, 100, 0),
  ORANGE(100, 50, 0),
  PURPLE(55, 0, 85),
  PINK(100, 45, 75),
  CYAN(0, 100, 100);

  private final int red;
  private final int green;
  private final int blue;

  Colour(int red, int green, int blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** Drawn level of a channel (0 red, 1 green, 2 blue) in ten-thousandths. */
  int level(int channel) {
    int percent = channel == 0 ? red : channel == 1 ? green : blue;
    return percent * (100 - 2 * Texture.AMPLITUDE_PERCENT) + 100 * Texture.AMPLITUDE_PERCENT;
  }

  /** Word of the caption. */
  public String word() {
    return Words.of(this);
  }
}
