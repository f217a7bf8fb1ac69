package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.graph.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one pass of a {@link Unet2d} takes.
 *
 * @param x noisy picture or latent, with what else the network sees as more channels {@code (B, C,
 *     H, W)}
 * @param time timestep, not necessarily whole {@code (B)}
 * @param tokens of the text encoder {@code (B, N, E)}; absent in an unconditional network
 * @param mask 1 for a token, 0 for one that is not seen {@code (B, N)}; absent if all are seen
 * @param labels {@code (B)} numbers or {@code (B, E)} vectors; absent if the network has none
 */
public record Unet2dInputs(
    Tensor x,
    Tensor time,
    @Nullable Tensor tokens,
    @Nullable Tensor mask,
    @Nullable Tensor labels) {}
