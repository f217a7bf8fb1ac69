package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Cuts the middle square out of pictures and resizes it. Keeps a few matrices. Not thread-safe. */
final class SquarePicture {
  private static final int MAX_MATRICES = 32;

  private final Map<Sides, Resize> matrices =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sides, Resize> eldest) {
          return size() > MAX_MATRICES;
        }
      };

  private record Sides(int in, int out) {}

  /**
   * The middle of a picture.
   *
   * @param picture {@code (3, H, W)} in [0, 1]
   * @return {@code (3, side, side)} in [0, 1]
   */
  HostTensor fit(HostTensor picture, int side) {
    HostTensor square = middle(picture);
    int given = (int) square.shape()[1];
    if (given == side) {
      return square;
    }
    Sides sides = new Sides(given, side);
    Resize resize = matrices.get(sides);
    if (resize == null) {
      resize = new Resize(given, side);
      matrices.put(sides, resize);
    }
    HostTensor resized = resize.apply(square);
    float[] data = resized.data();
    for (int i = 0; i < data.length; i++) {
      data[i] = Math.max(0, Math.min(1, data[i]));
    }
    return resized;
  }

  private static HostTensor middle(HostTensor picture) {
    int height = (int) picture.shape()[1];
    int width = (int) picture.shape()[2];
    int side = Math.min(height, width);
    if (height == width) {
      return picture;
    }
    int top = (height - side) / 2;
    int left = (width - side) / 2;
    float[] square = new float[3 * side * side];
    for (int row = 0; row < 3 * side; row++) {
      int from = (row / side * height + top + row % side) * width + left;
      System.arraycopy(picture.data(), from, square, row * side, side);
    }
    return HostTensor.of(square, 3, side, side);
  }
}
