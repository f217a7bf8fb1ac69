/**
 * Captions brought to the form that a model was taught with, as the pipelines of diffusers do it.
 * Everything here is text in, text out.
 */
@NullMarked
package dev.cascadefarm.diffusion.caption;

import org.jspecify.annotations.NullMarked;
