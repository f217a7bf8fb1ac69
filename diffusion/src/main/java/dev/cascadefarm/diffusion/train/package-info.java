/**
 * Training: an optimizer in plain Java over host arrays, a loop that can be killed at any moment
 * and resumed to the same numbers, and the tasks that teach the stages of the default cascade.
 */
@NullMarked
package dev.cascadefarm.diffusion.train;

import org.jspecify.annotations.NullMarked;
