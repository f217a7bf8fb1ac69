package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * What one pass of a {@link DiffusionPrior} takes.
 *
 * @param x noisy embedding of a picture {@code (B, D)}
 * @param time timestep {@code (B)}
 * @param text embedding of the caption, of length √D, {@code (B, D)}
 * @param encodings of the caption's tokens {@code (B, N, E)}
 * @param mask 1 for a token, 0 for padding, {@code (B, N)}
 * @param keep 1 to use the caption, 0 for the unconditional branch, {@code (B)}
 */
public record PriorInputs(
    Tensor x, Tensor time, Tensor text, Tensor encodings, Tensor mask, Tensor keep) {}
