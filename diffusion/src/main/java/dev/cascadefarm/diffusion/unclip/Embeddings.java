package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.Vectors;

/** What the embeddings of pictures and captions have in common. */
public final class Embeddings {
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
