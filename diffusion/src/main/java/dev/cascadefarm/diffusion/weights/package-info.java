/** Weights on disk: safetensors, read and written without an engine. */
@NullMarked
package dev.cascadefarm.diffusion.weights;

import org.jspecify.annotations.NullMarked;
