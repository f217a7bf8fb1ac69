package dev.cascadefarm.diffusion.text;

import dev.cascadefarm.diffusion.stage.HostTensor;

/** Brings encoded captions to the length a model takes. */
public final class CaptionLength {
  private CaptionLength() {}

  /**
   * Cuts a caption that is too long, fills one that is too short with zeros: the mask then says
   * that there is no word.
   *
   * @param caption embeddings {@code (B, n, E)} or mask {@code (B, n)}
   * @param length N
   * @return {@code (B, N, E)} or {@code (B, N)}
   */
  public static HostTensor fit(HostTensor caption, int length) {
    long[] shape = caption.shape().clone();
    if (shape.length < 2) {
      throw new IllegalArgumentException(caption + " (expected: a batch of captions)");
    }
    int given = (int) shape[1];
    if (given == length) {
      return caption;
    }
    int batch = (int) shape[0];
    int width = shape.length == 3 ? (int) shape[2] : 1;
    shape[1] = length;
    float[] fitted = new float[batch * length * width];
    for (int i = 0; i < batch; i++) {
      System.arraycopy(
          caption.data(),
          i * given * width,
          fitted,
          i * length * width,
          Math.min(given, length) * width);
    }
    return new HostTensor(shape, fitted);
  }
}
