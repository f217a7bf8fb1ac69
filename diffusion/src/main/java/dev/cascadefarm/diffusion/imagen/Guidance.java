package dev.cascadefarm.diffusion.imagen;

/**
 * Classifier-free guidance of one sample.
 *
 * @param weight 1 follows the caption alone, more exaggerates it
 */
record Guidance(double weight) {
  /** Whether the other branch has any say. */
  boolean needed() {
    return weight != 1;
  }
}
