/**
 * CLIP (Radford et al. 2021) from the files that Hugging Face's libraries keep: architecture,
 * weights under their own paths, tokenizer and preprocessing, for the text model and for the vision
 * model. Everything is read from local files; nothing here downloads.
 *
 * <p>Shapes: {@code B} batch, {@code N} tokens, {@code E} embedding, {@code P} projected embedding,
 * {@code C, H, W} a picture.
 */
@NullMarked
package dev.cascadefarm.diffusion.clip;

import org.jspecify.annotations.NullMarked;
