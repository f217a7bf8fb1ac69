/**
 * Samplers as tables of doubles, one row per model call: a step is arithmetic that one small tensor
 * program does for a whole batch, whatever the samples' samplers and positions.
 */
@NullMarked
package dev.cascadefarm.diffusion.sampler;

import org.jspecify.annotations.NullMarked;
