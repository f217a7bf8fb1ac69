package dev.cascadefarm.diffusion.scenes;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of each 4×4 cell an outline covers, at one alignment of its centre to the cells.
 *
 * @param alpha covered share per cell, row by row
 * @param width cells per row and rows
 */
record ObjectTemplate(Shape shape, Size size, int width, float[] alpha) {
  static final int CELL = 4;
  private static final int POINTS = 4;
  private static final List<List<ObjectTemplate>> ALL = all();

  /** Number of outlines: every shape in every size. */
  static int outlineCount() {
    return ALL.size();
  }

  /** The outline's template for a centre in canvas pixels. */
  static ObjectTemplate at(int outline, int centreX, int centreY) {
    return ALL.get(outline).get(centreY % CELL * CELL + centreX % CELL);
  }

  /** First cell of the template on one axis for a centre on that axis. */
  int firstCell(int centre) {
    return Math.floorDiv(centre - centre % CELL, CELL) - reach(size);
  }

  float alphaAt(int row, int column) {
    return alpha[row * width + column];
  }

  private static List<List<ObjectTemplate>> all() {
    List<List<ObjectTemplate>> outlines = new ArrayList<>();
    for (Shape shape : Shape.values()) {
      for (Size size : Size.values()) {
        List<ObjectTemplate> phases = new ArrayList<>();
        for (int phase = 0; phase < CELL * CELL; phase++) {
          phases.add(build(shape, size, phase % CELL, phase / CELL));
        }
        outlines.add(List.copyOf(phases));
      }
    }
    return List.copyOf(outlines);
  }

  private static ObjectTemplate build(Shape shape, Size size, int phaseX, int phaseY) {
    int reach = reach(size);
    int width = 2 * reach + 1;
    float[] alpha = new float[width * width];
    int points = width * CELL * POINTS;
    int unit = 2 * POINTS;
    for (int y = 0; y < points; y++) {
      for (int x = 0; x < points; x++) {
        int dx = 2 * x + 1 - unit * (reach * CELL + phaseX);
        int dy = 2 * y + 1 - unit * (reach * CELL + phaseY);
        if (shape.contains(dx, dy, unit * size.radius())) {
          alpha[y / (CELL * POINTS) * width + x / (CELL * POINTS)] += 1f / 256;
        }
      }
    }
    return new ObjectTemplate(shape, size, width, alpha);
  }

  /** Cells on either side of the centre's cell that an object can touch. */
  private static int reach(Size size) {
    return (size.radius() + CELL - 1) / CELL;
  }
}
