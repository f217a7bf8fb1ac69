package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * Squares cut out of the pictures of a batch.
 *
 * @param side in pixels
 * @param left edge in each picture
 * @param top edge in each picture
 */
record Crops(int side, int[] left, int[] top) {
  /** {@code (B, C, side, side)} out of {@code (B, C, S, S)}. */
  HostTensor of(HostTensor pictures) {
    long[] shape = pictures.shape();
    int whole = (int) shape[3];
    if (side == whole) {
      return pictures;
    }
    int channels = (int) shape[1];
    float[] cropped = new float[left.length * channels * side * side];
    for (int row = 0; row < left.length * channels * side; row++) {
      int plane = row / side;
      int sample = plane / channels;
      int y = top[sample] + row % side;
      int from = (plane * whole + y) * whole + left[sample];
      System.arraycopy(pictures.data(), from, cropped, row * side, side);
    }
    return HostTensor.of(cropped, left.length, channels, side, side);
  }
}
