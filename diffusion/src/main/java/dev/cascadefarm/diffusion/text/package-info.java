/**
 * Captions to embeddings: the tokenizer, the small encoder of the default cascade, and the picture
 * regression that teaches it.
 */
@NullMarked
package dev.cascadefarm.diffusion.text;

import org.jspecify.annotations.NullMarked;
