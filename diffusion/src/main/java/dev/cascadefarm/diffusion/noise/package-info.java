/** Random numbers that depend on what they are for, never on when or where they are drawn. */
@NullMarked
package dev.cascadefarm.diffusion.noise;

import org.jspecify.annotations.NullMarked;
