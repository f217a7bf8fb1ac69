/**
 * MinImagen's files: the training directory (arguments of the models as JSON, a state_dict per
 * U-Net, the command line, the log) and the folder of generated pictures. Read strictly, and
 * written so that the Python package loads them. Names are MinImagen's.
 */
@NullMarked
package dev.cascadefarm.diffusion.minimagen;

import org.jspecify.annotations.NullMarked;
