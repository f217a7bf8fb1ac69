/**
 * Sampling as one program for any network: a call advances every sample of a batch by one row of
 * its own sampler's table.
 */
@NullMarked
package dev.cascadefarm.diffusion.denoise;

import org.jspecify.annotations.NullMarked;
