/**
 * T5's encoder (Raffel et al. 2020), versions 1.0 and 1.1, from the files that Hugging Face's hub
 * keeps: architecture, weights under their own paths, tokenizer, and captions to embeddings as
 * MinImagen makes them. Everything is read from local files; nothing here downloads.
 *
 * <p>Shapes: {@code B} batch, {@code N} tokens, {@code H} heads, {@code D} width of a head, {@code
 * E} embedding.
 */
@NullMarked
package dev.cascadefarm.diffusion.t5;

import org.jspecify.annotations.NullMarked;
