package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import java.util.Optional;

/**
 * A large picture that is one small picture again and again.
 *
 * @param tensor the small one {@code (B, C, SIDE, SIDE)}
 * @param repeats how often it stands above itself and beside itself, {@code (2)}
 */
record Tile(HostTensor tensor, HostTensor repeats) {
  private static final int SIDE = 32;

  Tile {
    if (tensor.shape().length != 4 || repeats.data().length != 2) {
      throw new StageException(
          "tile: %s, %s times (expected: a picture, and two numbers)".formatted(tensor, repeats));
    }
  }

  /** The upper left corner of a picture {@code (B, C, H, W)}, if it is large and tiles fill it. */
  static Optional<Tile> of(HostTensor picture) {
    long[] shape = picture.shape();
    if (shape.length != 4
        || !Sample.isLarge(picture)
        || shape[2] % SIDE != 0
        || shape[3] % SIDE != 0) {
      return Optional.empty();
    }
    int height = (int) shape[2];
    int width = (int) shape[3];
    int down = height / SIDE;
    int across = width / SIDE;
    float[] corner = new float[(int) (shape[0] * shape[1]) * SIDE * SIDE];
    for (int row = 0; row < corner.length / SIDE; row++) {
      int from = (row / SIDE * height + row % SIDE) * width;
      System.arraycopy(picture.data(), from, corner, row * SIDE, SIDE);
    }
    return Optional.of(
        new Tile(
            HostTensor.of(corner, shape[0], shape[1], SIDE, SIDE),
            HostTensor.of(new float[] {down, across}, 2)));
  }

  /** The large picture {@code (B, C, H, W)}. */
  HostTensor whole() {
    long[] shape = tensor.shape();
    int down = (int) repeats.data()[0];
    int across = (int) repeats.data()[1];
    int height = (int) shape[2];
    int width = (int) shape[3];
    float[] data = new float[tensor.data().length * down * across];
    for (int at = 0; at < data.length; at += width) {
      int row = at / (width * across);
      int from = (row / (height * down) * height + row % height) * width;
      System.arraycopy(tensor.data(), from, data, at, width);
    }
    return HostTensor.of(data, shape[0], shape[1], (long) height * down, (long) width * across);
  }
}
