/**
 * What the networks of Hugging Face's diffusers have in common: their configuration files, read
 * strictly, and the blocks that several of them are built of, with the parameter names of their
 * checkpoints.
 *
 * <p>Shapes: {@code B} batch, {@code C} channels, {@code H, W} pixels, {@code N} tokens, {@code D}
 * width of an attention head, {@code E} embedding.
 */
@NullMarked
package dev.cascadefarm.diffusion.diffusers;

import org.jspecify.annotations.NullMarked;
