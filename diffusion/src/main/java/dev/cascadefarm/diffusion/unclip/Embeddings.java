package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.Vectors;

/** What the embeddings of pictures and captions have in common. */
final class Embeddings {
  private Embeddings() {}

  /** Brings embeddings {@code (B, D)} to length √D, where the mean of their squares is 1. */
  static Tensor scaled(Tensor embeddings) {
    return Vectors.normalized(embeddings).times(Math.sqrt((double) embeddings.size(-1)));
  }
}
