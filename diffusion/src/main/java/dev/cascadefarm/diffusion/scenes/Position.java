package dev.cascadefarm.diffusion.scenes;

/** Place of a scene's only object. */
public enum Position implements Layout {
  CENTER(0, 0),
  LEFT(-15, 0),
  RIGHT(15, 0),
  TOP(0, -15),
  BOTTOM(0, 15);

  private final int dx;
  private final int dy;

  Position(int dx, int dy) {
    this.dx = dx;
    this.dy = dy;
  }

  @Override
  public int objectCount() {
    return 1;
  }

  @Override
  public int centreX(int object) {
    return Scene.CANVAS_SIDE / 2 + dx;
  }

  @Override
  public int centreY(int object) {
    return Scene.CANVAS_SIDE / 2 + dy;
  }

  @Override
  public String words() {
    return "at the " + Words.of(this);
  }
}
