/** The models of Imagen in MinImagen's form, as graphs, with MinImagen's names. */
@NullMarked
package dev.cascadefarm.diffusion.imagen;

import org.jspecify.annotations.NullMarked;
