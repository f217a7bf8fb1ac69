package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.graph.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one pass of a {@link Unet} takes.
 *
 * @param x noisy picture {@code (B, C, H, W)}
 * @param time timestep {@code (B)}
 * @param textEmbeds {@code (B, N, E)}
 * @param textMask 1 for a token, 0 for padding, {@code (B, N)}
 * @param keep 1 to use the caption, 0 for the unconditional branch, {@code (B)}
 * @param lowres the picture to enlarge, noised, at full size {@code (B, C, H, W)}
 * @param lowresTime how far it was noised {@code (B)}
 */
public record UnetInputs(
    Tensor x,
    Tensor time,
    Tensor textEmbeds,
    Tensor textMask,
    Tensor keep,
    @Nullable Tensor lowres,
    @Nullable Tensor lowresTime) {}
