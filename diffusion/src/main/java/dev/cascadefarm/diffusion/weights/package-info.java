/**
 * Weights on disk: safetensors and PyTorch state_dicts, read and written without an engine. Files
 * are mapped; whatever they say is checked before it is believed.
 */
@NullMarked
package dev.cascadefarm.diffusion.weights;

import org.jspecify.annotations.NullMarked;
