package dev.cascadefarm.diffusion.scenes;

/** Size of an object, as its radius in pixels of the 64-pixel canvas. */
public enum Size {
  SMALL(9),
  LARGE(14);

  private final int radius;

  Size(int radius) {
    this.radius = radius;
  }

  /** Half of the bounding box's side in canvas pixels. */
  public int radius() {
    return radius;
  }

  /** Word of the caption. */
  public String word() {
    return Words.of(this);
  }
}
