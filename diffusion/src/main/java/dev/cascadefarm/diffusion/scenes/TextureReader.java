package dev.cascadefarm.diffusion.scenes;

import java.util.ArrayList;
import java.util.List;

/**
 * Names the texture of an object: the pattern that the cells inside the object follow most, by the
 * median over cells so that a misjudged edge does not count. Bold patterns are looked for at 64
 * pixels, where fine ones average out; fine patterns at 256, over whole cells, where bold ones do.
 * Stateless.
 */
final class TextureReader {
  private static final int CELL = ObjectTemplate.CELL;
  private static final int FINE_SIDE = Scene.CANVAS_SIDE * Texture.FINENESS;

  /** Half of the amplitude that textures are drawn with. */
  private static final double PLAIN_BELOW = Texture.AMPLITUDE_PERCENT / 200.0;

  private TextureReader() {}

  /** Whether a picture can show fine textures. */
  static boolean seesFine(ScenePicture picture) {
    return picture.side() % FINE_SIDE == 0;
  }

  /**
   * The texture of an object.
   *
   * @param picture its side is a multiple of 64
   */
  static Texture read(ScenePicture picture, ObjectFit fit) {
    List<double[]> bold = cells(picture.shrunk(Scene.CANVAS_SIDE), fit);
    List<double[]> fine = seesFine(picture) ? cells(picture.shrunk(FINE_SIDE), fit) : List.of();
    Texture strongest = Texture.PLAIN;
    double most = PLAIN_BELOW;
    for (Texture texture : Texture.values()) {
      List<double[]> cells = texture.fine() ? fine : bold;
      double strength = cells.isEmpty() ? 0 : Math.abs(medianMatch(cells, texture));
      if (strength > most) {
        most = strength;
        strongest = texture;
      }
    }
    return strongest;
  }

  /** Each fully covered cell's 4×4 phases: brightness averaged over what repeats in the cell. */
  private static List<double[]> cells(ScenePicture picture, ObjectFit fit) {
    ObjectTemplate template = fit.template();
    int side = CELL * picture.side() / Scene.CANVAS_SIDE;
    int left = template.firstCell(fit.centreX());
    int top = template.firstCell(fit.centreY());
    List<double[]> cells = new ArrayList<>();
    for (int i = 0; i < template.width() * template.width(); i++) {
      int row = i / template.width();
      int column = i % template.width();
      if (template.alphaAt(row, column) == 1f) {
        cells.add(phases(picture, (top + row) * side, (left + column) * side, side));
      }
    }
    return cells;
  }

  private static double[] phases(ScenePicture picture, int top, int left, int side) {
    double[] values = new double[CELL * CELL];
    double share = 3.0 * side * side / values.length;
    for (int i = 0; i < side * side; i++) {
      int y = top + i / side;
      int x = left + i % side;
      double sum = picture.at(0, y, x) + picture.at(1, y, x) + picture.at(2, y, x);
      values[y % CELL * CELL + x % CELL] += sum / share;
    }
    return values;
  }

  /** Patterns have mean zero over a cell, so the cell's own brightness cancels. */
  private static double medianMatch(List<double[]> cells, Texture texture) {
    double[] matches =
        cells.stream()
            .mapToDouble(
                cell -> {
                  double sum = 0;
                  for (int i = 0; i < cell.length; i++) {
                    sum += cell[i] * texture.sign(i % CELL, i / CELL);
                  }
                  return sum / cell.length;
                })
            .sorted()
            .toArray();
    int half = matches.length / 2;
    return matches.length % 2 == 1 ? matches[half] : (matches[half - 1] + matches[half]) / 2;
  }
}
