package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.Vectors;

/** What the embeddings of pictures and captions have in common. */
public final class Embeddings {
  /** Cosine below which there is no telling which way leads from one to the other. */
  private static final double NEARLY_OPPOSITE = -0.999_999;

  private Embeddings() {}

  /** Brings embeddings {@code (B, D)} to length √D, where the mean of their squares is 1. */
  static Tensor scaled(Tensor embeddings) {
    return Vectors.normalized(embeddings).times(Math.sqrt((double) embeddings.size(-1)));
  }

  /** Brings one embedding to length √D; what a prior drew is nearly so long. */
  public static float[] scaled(float[] embedding) {
    double factor = Math.sqrt(embedding.length / Math.max(product(embedding, embedding), 1e-12));
    float[] scaled = new float[embedding.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (factor * embedding[i]);
    }
    return scaled;
  }

  /** The cosine between two embeddings; 0 where one is zero. */
  public static double cosine(float[] a, float[] b) {
    double product = product(a, b);
    double lengths = Math.sqrt(product(a, a) * product(b, b));
    return lengths == 0 ? 0 : product / lengths;
  }

  /**
   * What lies between two embeddings of one length, on the great circle through them (Shoemake
   * 1985): as long as they are, and turned away from {@code a} by that share of their angle.
   *
   * @param fraction 0 is {@code a} itself, 1 is {@code b}
   * @throws IllegalArgumentException if they are opposite, so that every way is as short, or one is
   *     zero; if they have not as many numbers, or the fraction is out of range
   */
  public static float[] between(float[] a, float[] b, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("fraction: " + fraction + " (expected: 0 to 1)");
    }
    double angle = angle(a, b);
    double ofA = angle == 0 ? 1 - fraction : Math.sin((1 - fraction) * angle) / Math.sin(angle);
    double ofB = angle == 0 ? fraction : Math.sin(fraction * angle) / Math.sin(angle);
    float[] between = new float[a.length];
    for (int i = 0; i < between.length; i++) {
      between[i] = (float) (ofA * a[i] + ofB * b[i]);
    }
    return between;
  }

  private static double angle(float[] a, float[] b) {
    double cosine = cosine(a, b);
    if (product(a, a) == 0 || product(b, b) == 0) {
      throw new IllegalArgumentException("embedding: zero (expected: a direction)");
    }
    if (cosine < NEARLY_OPPOSITE) {
      throw new IllegalArgumentException(
          "embeddings: opposite, cosine %s (expected: at least %s)"
              .formatted(cosine, NEARLY_OPPOSITE));
    }
    return Math.acos(Math.min(cosine, 1));
  }

  private static double product(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "embedding: %d numbers (expected: %d)".formatted(b.length, a.length));
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
