/** The stages this project knows how to run, behind {@link dev.cascadefarm.diffusion.stage}. */
@NullMarked
package dev.cascadefarm.diffusion.runner;

import org.jspecify.annotations.NullMarked;
