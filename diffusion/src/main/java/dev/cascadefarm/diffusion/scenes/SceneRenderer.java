package dev.cascadefarm.diffusion.scenes;

import java.util.List;

/**
 * Draws scenes. Outlines are sampled on a grid of 4×4 points per canvas pixel and summed as
 * integers; smaller pictures are area averages of the same sums, so every size shows the same scene
 * exactly. Stateless.
 */
public final class SceneRenderer {
  private static final int CANVAS = Scene.CANVAS_SIDE;
  private static final int CELL = 4;
  private static final int POINTS = 4;
  private static final int FINE = CANVAS * POINTS;
  private static final int POINTS_PER_PIXEL = POINTS * POINTS;
  private static final int FULL_LEVEL = 10_000;

  private SceneRenderer() {}

  /**
   * Picture of a scene.
   *
   * @param side 16, 32 or 64
   * @return {@code (3, side, side)}, values in [0, 1]
   */
  public static float[] render(Scene scene, int side) {
    if (side != 16 && side != 32 && side != 64) {
      throw new IllegalArgumentException("side: " + side + " (expected: 16, 32 or 64)");
    }
    return average(levels(scene), side);
  }

  /** Sums over the points of each canvas pixel, (3, 64, 64), in ten-thousandths. */
  private static int[] levels(Scene scene) {
    List<SceneObject> objects = scene.objects();
    byte[] owners = new byte[FINE * FINE];
    for (int i = 0; i < objects.size(); i++) {
      paint(owners, scene, i);
    }
    int[] levels = new int[3 * CANVAS * CANVAS];
    int[][] cover = cover(owners, objects.size());
    for (int channel = 0; channel < 3; channel++) {
      fill(levels, channel, scene, cover);
    }
    for (int i = 0; i < objects.size(); i++) {
      addTexture(levels, objects.get(i).texture(), cover[i]);
    }
    return levels;
  }

  /** Claims the points inside an object; offsets are in eighths of a pixel, points at odd ones. */
  private static void paint(byte[] owners, Scene scene, int index) {
    SceneObject object = scene.objects().get(index);
    int radius = object.size().radius();
    int left = (scene.centreX(index) - radius) * POINTS;
    int top = (scene.centreY(index) - radius) * POINTS;
    int extent = 2 * radius * POINTS;
    for (int y = 0; y < extent; y++) {
      for (int x = 0; x < extent; x++) {
        if (object.shape().contains(2 * x + 1 - extent, 2 * y + 1 - extent, extent)) {
          owners[(top + y) * FINE + left + x] = (byte) (index + 1);
        }
      }
    }
  }

  /** Points per canvas pixel, 0..16, that belong to each object. */
  private static int[][] cover(byte[] owners, int objectCount) {
    int[][] cover = new int[objectCount][CANVAS * CANVAS];
    for (int y = 0; y < FINE; y++) {
      for (int x = 0; x < FINE; x++) {
        int owner = owners[y * FINE + x];
        if (owner > 0) {
          cover[owner - 1][(y / POINTS) * CANVAS + x / POINTS]++;
        }
      }
    }
    return cover;
  }

  private static void fill(int[] levels, int channel, Scene scene, int[][] cover) {
    int background = scene.background().level();
    for (int p = 0; p < CANVAS * CANVAS; p++) {
      int sum = POINTS_PER_PIXEL * background;
      for (int i = 0; i < cover.length; i++) {
        sum += cover[i][p] * (scene.objects().get(i).colour().level(channel) - background);
      }
      levels[channel * CANVAS * CANVAS + p] = sum;
    }
  }

  /** Textures fully covered cells only, so that no average over a cell changes. */
  private static void addTexture(int[] levels, Texture texture, int[] cover) {
    int amplitude = POINTS_PER_PIXEL * FULL_LEVEL / 100 * Texture.AMPLITUDE_PERCENT;
    for (int y = 0; y < CANVAS; y += CELL) {
      for (int x = 0; x < CANVAS; x += CELL) {
        if (texture != Texture.PLAIN && cellCovered(cover, x, y)) {
          for (int i = 0; i < 3 * CELL * CELL; i++) {
            int row = y + i / CELL % CELL;
            int column = x + i % CELL;
            int channel = i / (CELL * CELL);
            levels[(channel * CANVAS + row) * CANVAS + column] +=
                amplitude * texture.sign(column, row);
          }
        }
      }
    }
  }

  private static boolean cellCovered(int[] cover, int left, int top) {
    for (int y = top; y < top + CELL; y++) {
      for (int x = left; x < left + CELL; x++) {
        if (cover[y * CANVAS + x] != POINTS_PER_PIXEL) {
          return false;
        }
      }
    }
    return true;
  }

  private static float[] average(int[] levels, int side) {
    int block = CANVAS / side;
    float scale = (float) FULL_LEVEL * POINTS_PER_PIXEL * block * block;
    int[] sums = new int[3 * side * side];
    for (int i = 0; i < levels.length; i++) {
      int channel = i / (CANVAS * CANVAS);
      int y = i / CANVAS % CANVAS / block;
      int x = i % CANVAS / block;
      sums[(channel * side + y) * side + x] += levels[i];
    }
    float[] picture = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      picture[i] = sums[i] / scale;
    }
    return picture;
  }
}
