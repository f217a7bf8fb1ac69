/**
 * The Python tier: what this module emits and computes, against PyTorch and MinImagen themselves.
 * One Python process serves all tests; they need the packages of {@code src/test/python}.
 */
@NullMarked
package dev.cascadefarm.diffusion.python;

import org.jspecify.annotations.NullMarked;
