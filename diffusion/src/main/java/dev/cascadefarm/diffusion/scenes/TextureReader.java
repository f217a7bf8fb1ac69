package dev.cascadefarm.diffusion.scenes;

import java.util.ArrayList;
import java.util.List;

/**
 * Names the texture of an object in a 64-pixel picture: the pattern that the cells inside the
 * object follow most, by the median over cells so that a misjudged edge does not count. Stateless.
 */
final class TextureReader {
  private static final int CELL = ObjectTemplate.CELL;

  /** Half of the amplitude that textures are drawn with. */
  private static final double PLAIN_BELOW = Texture.AMPLITUDE_PERCENT / 200.0;

  private TextureReader() {}

  static Texture read(ScenePicture picture, ObjectFit fit) {
    List<double[]> cells = coveredCells(picture, fit);
    Texture strongest = Texture.PLAIN;
    double most = PLAIN_BELOW;
    for (Texture texture : Texture.values()) {
      double strength = cells.isEmpty() ? 0 : Math.abs(medianMatch(cells, texture));
      if (strength > most) {
        most = strength;
        strongest = texture;
      }
    }
    return strongest;
  }

  /** Brightness of each fully covered cell's pixels, 16 values a cell. */
  private static List<double[]> coveredCells(ScenePicture picture, ObjectFit fit) {
    ObjectTemplate template = fit.template();
    int left = template.firstCell(fit.centreX());
    int top = template.firstCell(fit.centreY());
    List<double[]> cells = new ArrayList<>();
    for (int i = 0; i < template.width() * template.width(); i++) {
      int row = i / template.width();
      int column = i % template.width();
      if (template.alphaAt(row, column) == 1f) {
        cells.add(brightness(picture, (top + row) * CELL, (left + column) * CELL));
      }
    }
    return cells;
  }

  private static double[] brightness(ScenePicture picture, int top, int left) {
    double[] values = new double[CELL * CELL];
    for (int i = 0; i < values.length; i++) {
      int y = top + i / CELL;
      int x = left + i % CELL;
      values[i] = (picture.at(0, y, x) + picture.at(1, y, x) + picture.at(2, y, x)) / 3;
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
