/** How values that do not fit are refused: by name, value and what was expected. */
@NullMarked
package dev.cascadefarm.diffusion.check;

import org.jspecify.annotations.NullMarked;
