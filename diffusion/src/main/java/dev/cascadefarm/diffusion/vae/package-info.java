/**
 * The autoencoder of latent diffusion (Rombach et al. 2022, arXiv 2112.10752), diffusers' {@code
 * AutoencoderKL}: from pictures to latents and back, each half a model of its own.
 *
 * <p>Shapes: {@code B} batch, {@code C} channels, {@code H, W} pixels, {@code L} channels of a
 * latent, {@code h, w} its height and width.
 */
@NullMarked
package dev.cascadefarm.diffusion.vae;

import org.jspecify.annotations.NullMarked;
