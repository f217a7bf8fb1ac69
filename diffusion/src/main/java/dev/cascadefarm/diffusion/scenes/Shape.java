package dev.cascadefarm.diffusion.scenes;

/** Outline of an object, as a predicate on integer offsets from the object's centre. */
public enum Shape {
  CIRCLE {
    @Override
    boolean contains(int dx, int dy, int radius) {
      return dx * dx + dy * dy <= radius * radius;
    }
  },
  SQUARE {
    @Override
    boolean contains(int dx, int dy, int radius) {
      return 16 * Math.max(Math.abs(dx), Math.abs(dy)) <= 15 * radius;
    }
  },
  TRIANGLE {
    @Override
    boolean contains(int dx, int dy, int radius) {
      return dy <= radius && 2 * Math.abs(dx) <= dy + radius;
    }
  },
  CROSS {
    @Override
    boolean contains(int dx, int dy, int radius) {
      int far = Math.max(Math.abs(dx), Math.abs(dy));
      int near = Math.min(Math.abs(dx), Math.abs(dy));
      return far <= radius && 9 * near <= 4 * radius;
    }
  },
  RING {
    @Override
    boolean contains(int dx, int dy, int radius) {
      int squared = 100 * (dx * dx + dy * dy);
      return squared <= 100 * radius * radius && squared >= 27 * radius * radius;
    }
  },
  DIAMOND {
    @Override
    boolean contains(int dx, int dy, int radius) {
      return Math.abs(dx) + Math.abs(dy) <= radius;
    }
  };

  /** Whether the point lies inside; all three arguments are in the same unit, y grows downwards. */
  abstract boolean contains(int dx, int dy, int radius);

  /** Word of the caption. */
  public String word() {
    return Words.of(this);
  }

  /** Whether an object of this size always covers whole cells, so that a texture shows on it. */
  public boolean carriesTexture(Size size) {
    return this != RING || size != Size.SMALL;
  }
}
