/** Temporary folders, and how those of killed processes are known from those in use. */
@NullMarked
package dev.cascadefarm.diffusion.scratch;

import org.jspecify.annotations.NullMarked;
