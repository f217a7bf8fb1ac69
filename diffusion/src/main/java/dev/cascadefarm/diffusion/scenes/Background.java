package dev.cascadefarm.diffusion.scenes;

/** Uniform background of a scene. */
public enum Background {
  BLACK(0),
  WHITE(10_000),
  GRAY(5_000);

  private final int level;

  Background(int level) {
    this.level = level;
  }

  /** Level of every channel in ten-thousandths. */
  int level() {
    return level;
  }

  /** Word of the caption. */
  public String word() {
    return Words.of(this);
  }
}
