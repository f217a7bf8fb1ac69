/** Pictures as arrays: exact resizing, and how they become images. */
@NullMarked
package dev.cascadefarm.diffusion.image;

import org.jspecify.annotations.NullMarked;
