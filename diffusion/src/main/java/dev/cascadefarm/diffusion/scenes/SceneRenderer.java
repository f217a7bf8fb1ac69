package dev.cascadefarm.diffusion.scenes;

import java.util.List;

/**
 * Draws scenes. Outlines are sampled on a grid of 4×4 points per canvas pixel, which is the largest
 * picture; the smaller ones are area averages of it, summed as integers, so every size shows the
 * same scene exactly. Stateless.
 */
public final class SceneRenderer {
  private static final int CANVAS = Scene.CANVAS_SIDE;
  private static final int CELL = 4;
  private static final int POINTS = 4;
  private static final int FINE = CANVAS * POINTS;
  private static final int POINTS_PER_PIXEL = POINTS * POINTS;
  private static final int FULL_LEVEL = 10_000;
  private static final int AMPLITUDE = FULL_LEVEL / 100 * Texture.AMPLITUDE_PERCENT;

  private SceneRenderer() {}

  /**
   * Picture of a scene.
   *
   * @param side 16, 32, 64 or 256
   * @return {@code (3, side, side)}, values in [0, 1]
   */
  public static float[] render(Scene scene, int side) {
    requireSide(side);
    byte[] owners = owners(scene);
    int[][] cover = cover(owners, scene.objects().size());
    return side == FINE ? points(scene, owners, cover) : average(levels(scene, cover), side);
  }

  static void requireSide(int side) {
    if (side != 16 && side != 32 && side != CANVAS && side != FINE) {
      throw new IllegalArgumentException("side: " + side + " (expected: 16, 32, 64 or 256)");
    }
  }

  private static byte[] owners(Scene scene) {
    byte[] owners = new byte[FINE * FINE];
    for (int i = 0; i < scene.objects().size(); i++) {
      paint(owners, scene, i);
    }
    return owners;
  }

  /** Every point as a pixel. */
  private static float[] points(Scene scene, byte[] owners, int[][] cover) {
    float[] picture = new float[3 * FINE * FINE];
    for (int p = 0; p < FINE * FINE; p++) {
      int owner = owners[p] - 1;
      SceneObject object = owner < 0 ? null : scene.objects().get(owner);
      int sign = object == null ? 0 : sign(object.texture(), cover[owner], p % FINE, p / FINE);
      for (int channel = 0; channel < 3; channel++) {
        int flat = object == null ? scene.background().level() : object.colour().level(channel);
        picture[channel * FINE * FINE + p] = (flat + AMPLITUDE * sign) / (float) FULL_LEVEL;
      }
    }
    return picture;
  }

  /** Fine textures fill fully covered canvas pixels, bold ones fully covered cells. */
  private static int sign(Texture texture, int[] cover, int x, int y) {
    int column = x / POINTS;
    int row = y / POINTS;
    if (texture.fine()) {
      return cover[row * CANVAS + column] == POINTS_PER_PIXEL ? texture.sign(x, y) : 0;
    }
    int sign = texture.sign(column, row);
    boolean shown = sign != 0 && cellCovered(cover, column / CELL * CELL, row / CELL * CELL);
    return shown ? sign : 0;
  }

  /** Sums over the points of each canvas pixel, (3, 64, 64), in ten-thousandths. */
  private static int[] levels(Scene scene, int[][] cover) {
    List<SceneObject> objects = scene.objects();
    int[] levels = new int[3 * CANVAS * CANVAS];
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

  /** Bold textures, in fully covered cells only, so that no average over a cell changes. */
  private static void addTexture(int[] levels, Texture texture, int[] cover) {
    int amplitude = POINTS_PER_PIXEL * AMPLITUDE;
    boolean bold = texture != Texture.PLAIN && !texture.fine();
    for (int y = 0; y < CANVAS; y += CELL) {
      for (int x = 0; x < CANVAS; x += CELL) {
        if (bold && cellCovered(cover, x, y)) {
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
