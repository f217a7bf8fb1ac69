/**
 * The models of unCLIP (Ramesh et al. 2022, arXiv 2204.06125) at the size of small pictures: a CLIP
 * that puts pictures and captions into one space, a prior that makes a picture's embedding of a
 * caption, and a decoder that draws the picture of an embedding. Parameters have the names of the
 * PyTorch project mbn312/dalle2.
 *
 * <p>Shapes: {@code B} batch, {@code C} channels, {@code H, W} pixels, {@code N} tokens of a
 * caption, {@code E} width of its encodings, {@code D} numbers in an embedding. Embeddings have
 * length √D everywhere, so that each of their numbers is as large as the noise that is mixed in.
 */
@NullMarked
package dev.cascadefarm.diffusion.unclip;

import org.jspecify.annotations.NullMarked;
