/**
 * The U-Nets of diffusers, conditional ({@code UNet2DConditionModel}: Stable Diffusion, DeepFloyd
 * IF, the decoder of Karlo's unCLIP) and unconditional ({@code UNet2DModel}), from their own
 * configuration and under their own parameter names. What a configuration asks for and this cannot
 * do is refused by its key and value.
 *
 * <p>Shapes: {@code B} batch, {@code C} channels, {@code H, W} pixels, {@code N} tokens, {@code D}
 * width of an attention head, {@code E} embedding.
 */
@NullMarked
package dev.cascadefarm.diffusion.unet2d;

import org.jspecify.annotations.NullMarked;
