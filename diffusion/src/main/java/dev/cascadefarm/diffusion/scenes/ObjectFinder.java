package dev.cascadefarm.diffusion.scenes;

/**
 * Finds the outline, place and colour that best explain a rectangle of a 16-pixel picture, by least
 * squares over all outlines and centres. Not thread-safe.
 */
final class ObjectFinder {
  private static final int SIDE = 16;

  private final double[] difference;

  /**
   * @param difference picture less background, {@code (3, 16, 16)}
   */
  ObjectFinder(double[] difference) {
    this.difference = difference;
  }

  /** Rectangle of cells; both ends count. */
  record Region(int left, int top, int right, int bottom) {
    static final Region WHOLE = new Region(0, 0, SIDE - 1, SIDE - 1);
    static final Region LEFT = new Region(0, 0, SIDE / 2 - 1, SIDE - 1);
    static final Region RIGHT = new Region(SIDE / 2, 0, SIDE - 1, SIDE - 1);
    static final Region TOP = new Region(0, 0, SIDE - 1, SIDE / 2 - 1);
    static final Region BOTTOM = new Region(0, SIDE / 2, SIDE - 1, SIDE - 1);
  }

  /** Best fit whose outline lies in the region but for two canvas pixels. */
  ObjectFit best(Region region) {
    ObjectFit best = fit(region, 0, centre(region.left, region.right), middle(region));
    for (int outline = 0; outline < ObjectTemplate.outlineCount(); outline++) {
      ObjectFit coarse = coarse(region, outline);
      ObjectFit fine = refine(region, outline, coarse);
      best = fine.gain() > best.gain() ? fine : best;
    }
    return best;
  }

  private ObjectFit coarse(Region region, int outline) {
    int radius = ObjectTemplate.at(outline, 0, 0).size().radius();
    ObjectFit best = fit(region, outline, centre(region.left, region.right), middle(region));
    for (int y = low(region.top, radius); y <= high(region.bottom, radius); y += 2) {
      for (int x = low(region.left, radius); x <= high(region.right, radius); x += 2) {
        ObjectFit fit = fit(region, outline, x, y);
        best = fit.gain() > best.gain() ? fit : best;
      }
    }
    return best;
  }

  private ObjectFit refine(Region region, int outline, ObjectFit start) {
    ObjectFit best = start;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        ObjectFit fit = fit(region, outline, start.centreX() + dx, start.centreY() + dy);
        best = fit.gain() > best.gain() ? fit : best;
      }
    }
    return best;
  }

  /** Least-squares colour of one outline at one centre, over the cells of the region. */
  private ObjectFit fit(Region region, int outline, int centreX, int centreY) {
    ObjectTemplate template = ObjectTemplate.at(outline, centreX, centreY);
    int left = template.firstCell(centreX);
    int top = template.firstCell(centreY);
    double norm = 0;
    double red = 0;
    double green = 0;
    double blue = 0;
    for (int y = Math.max(top, region.top); y <= bottom(region, top, template); y++) {
      for (int x = Math.max(left, region.left); x <= right(region, left, template); x++) {
        double alpha = template.alphaAt(y - top, x - left);
        int cell = y * SIDE + x;
        norm += alpha * alpha;
        red += alpha * difference[cell];
        green += alpha * difference[SIDE * SIDE + cell];
        blue += alpha * difference[2 * SIDE * SIDE + cell];
      }
    }
    double scale = norm > 0 ? 1 / norm : 0;
    double gain = (red * red + green * green + blue * blue) * scale;
    return new ObjectFit(
        template, centreX, centreY, gain, red * scale, green * scale, blue * scale);
  }

  private static int bottom(Region region, int top, ObjectTemplate template) {
    return Math.min(region.bottom, top + template.width() - 1);
  }

  private static int right(Region region, int left, ObjectTemplate template) {
    return Math.min(region.right, left + template.width() - 1);
  }

  private static int low(int firstCell, int radius) {
    return firstCell * ObjectTemplate.CELL + radius - (firstCell == 0 ? 0 : 2);
  }

  private static int high(int lastCell, int radius) {
    return (lastCell + 1) * ObjectTemplate.CELL - radius + (lastCell == SIDE - 1 ? 0 : 2);
  }

  private static int centre(int firstCell, int lastCell) {
    return (firstCell + lastCell + 1) * ObjectTemplate.CELL / 2;
  }

  private static int middle(Region region) {
    return centre(region.top, region.bottom);
  }
}
