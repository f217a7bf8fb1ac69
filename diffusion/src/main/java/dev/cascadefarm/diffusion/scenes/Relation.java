package dev.cascadefarm.diffusion.scenes;

/** Place of a scene's first object as seen from its second. */
public enum Relation implements Layout {
  ABOVE(0, -15),
  BELOW(0, 15),
  LEFT_OF(-15, 0),
  RIGHT_OF(15, 0);

  private final int dx;
  private final int dy;

  Relation(int dx, int dy) {
    this.dx = dx;
    this.dy = dy;
  }

  /** Whether the objects stand side by side rather than one above the other. */
  boolean horizontal() {
    return dy == 0;
  }

  @Override
  public int objectCount() {
    return 2;
  }

  @Override
  public int centreX(int object) {
    return Scene.CANVAS_SIDE / 2 + (object == 0 ? dx : -dx);
  }

  @Override
  public int centreY(int object) {
    return Scene.CANVAS_SIDE / 2 + (object == 0 ? dy : -dy);
  }

  @Override
  public String words() {
    return Words.of(this);
  }
}
