/** Pictures as arrays: exact resizing. */
@NullMarked
package dev.cascadefarm.diffusion.image;

import org.jspecify.annotations.NullMarked;
