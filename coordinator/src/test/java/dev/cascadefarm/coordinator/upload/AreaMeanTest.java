package dev.cascadefarm.coordinator.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AreaMeanTest {
  @ParameterizedTest
  @CsvSource({"7, 5, 7, 5", "8, 6, 4, 3", "7, 5, 3, 4", "100, 3, 1, 1", "13, 17, 12, 5"})
  void add_allRows_eachPixelIsTheMeanOfItsArea(int inWidth, int inHeight, int width, int height) {
    int[][] in = noise(inWidth, inHeight);
    int[][] out = new int[height][];
    AreaMean shrink =
        new AreaMean(inWidth, inHeight, width, height, (y, row) -> out[y] = row.clone());

    for (int[] row : in) {
      shrink.add(row);
    }

    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          double mean = mean(in, shift, (double) inWidth / width, (double) inHeight / height, x, y);
          assertThat((double) (out[y][x] >> shift & 0xff)).isBetween(mean - 0.501, mean + 0.501);
        }
      }
    }
  }

  private static double mean(int[][] in, int shift, double wide, double high, int x, int y) {
    double sum = 0;
    for (int row = 0; row < in.length; row++) {
      for (int column = 0; column < in[row].length; column++) {
        double covered =
            overlap(column, x * wide, (x + 1) * wide) * overlap(row, y * high, (y + 1) * high);
        sum += covered * (in[row][column] >> shift & 0xff);
      }
    }
    return sum / (wide * high);
  }

  /** How much of the unit that begins at {@code start} lies between the bounds. */
  private static double overlap(int start, double from, double to) {
    return Math.max(0, Math.min(start + 1, to) - Math.max(start, from));
  }

  private static int[][] noise(int width, int height) {
    Random random = new Random(3);
    int[][] rows = new int[height][width];
    for (int[] row : rows) {
      for (int x = 0; x < width; x++) {
        row[x] = random.nextInt(1 << 24);
      }
    }
    return rows;
  }
}
