/**
 * The parts of Karlo's unCLIP that no other family has, as diffusers names them: the prior's
 * transformer and the projection of embeddings for the decoder. Its decoder and super-resolution
 * U-Nets are {@link dev.cascadefarm.diffusion.unet2d}'s, its text encoder is CLIP's.
 *
 * <p>Shapes: {@code B} batch, {@code N} tokens of a caption, {@code D} width of an embedding.
 */
@NullMarked
package dev.cascadefarm.diffusion.karlo;

import org.jspecify.annotations.NullMarked;
