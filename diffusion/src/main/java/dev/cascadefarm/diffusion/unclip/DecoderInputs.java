package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * What one pass of a {@link Decoder} takes.
 *
 * @param x noisy picture {@code (B, C, H, W)}
 * @param time timestep {@code (B)}
 * @param image embedding of the picture, of length √D, {@code (B, D)}
 * @param keepImage 1 to use the embedding, 0 for the unconditional branch, {@code (B)}
 * @param encodings of the caption's tokens {@code (B, N, E)}
 * @param mask 1 for a token, 0 for padding, {@code (B, N)}
 * @param keepText 1 to use the caption, 0 for the unconditional branch, {@code (B)}
 */
public record DecoderInputs(
    Tensor x,
    Tensor time,
    Tensor image,
    Tensor keepImage,
    Tensor encodings,
    Tensor mask,
    Tensor keepText) {}
